"""Every rule takes the steps of a second implementation; and a rule with one sign or constant changed does not."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.optim.rule import Rule

from .oracles import ORACLES, Oracle, agree, ours, theirs

CASES: dict[str, list[Oracle]] = defaultdict(list)
for oracle in ORACLES:
    CASES[oracle.name].append(oracle)


@pytest.mark.parametrize("oracle", ORACLES, ids=str)
def test_steps_are_those_of_the_oracle(oracle: Oracle) -> None:
    for x, y in zip(ours(oracle), theirs(oracle), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-12)


# ---- mutants --------------------------------------------------------------------------------------------------------

OTHER: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Add,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
}
FUNCTIONS = {"maximum": "minimum", "minimum": "maximum", "sqrt": "abs", "sign": "abs", "abs": "negative"}

_GG = "GG = [beta3 * a + {} * outer(g, i) if a.size else a for i, a in enumerate(unpacked(GG, ns))]"

# Mutants that compute the same, or that differ only where no rule ever gets: (class, changed line) -> why.
EQUIVALENT: dict[tuple[str, str], str] = {
    ("SOAP", _GG.format("(1 + beta3)")): "eigenvectors do not change with a factor of the matrix",
    ("SOAP", _GG.format("(1.5 - beta3)")): "eigenvectors do not change with a factor of the matrix",
    ("AdaHessian", "root = np.sqrt(v_hat) if hessian_power == 1.5 else v_hat ** (hessian_power / 2)"): (
        "the square root is taken for its speed only"
    ),
    ("DAdaptAdam", "s = root * s + (1 + root) * lam * g"): "a factor of s cancels in d",
    ("DAdaptAdam", "s = root * s + (1.5 - root) * lam * g"): "a factor of s cancels in d",
    ("Prodigy", "s = b3 * s - d / d0 * (d if safeguard_warmup else lam) * g"): "only |s| is read",
    ("ScheduleFreeSGD", "c = weight / total if total > 0 else 0.25"): "total is 0 before z has moved from p",
    ("ScheduleFreeAdamW", "c = weight / total if total > 0 else 0.25"): "total is 0 before z has moved from p",
    ("SignSGD", "m = momentum * m + (1 + momentum) * g"): "m is larger by one factor, and its sign the same",
    ("SignSGD", "m = momentum * m + (1.5 - momentum) * g"): "m is larger by one factor, and its sign the same",
    ("RMSprop", "if centered:\n    m = alpha * m - (1 - alpha) * g"): "m is read squared only",
}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """The ways to change one node of a rule's source."""
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        yield ast.BinOp(node.left, OTHER[type(node.op)](), node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        yield ast.Compare(node.left, [OTHER[type(node.ops[0])]()], node.comparators)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value * 1.25 + 0.25)
    if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS:
        yield ast.Attribute(node.value, FUNCTIONS[node.attr], node.ctx)


class Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, by: ast.AST) -> None:
        self.target, self.by = target, by

    def visit(self, node: ast.AST) -> Any:
        return self.by if node is self.target else self.generic_visit(node)


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every rule that differs from `rule` in one place, with the changed line."""
    tree = ast.parse(rule.source)
    function: Any = tree.body[0]
    function.decorator_list = []
    for at, statement in enumerate(function.body):
        if isinstance(statement, ast.Expr):  # the docstring
            continue
        for number, node in enumerate(ast.walk(statement)):
            for which in range(len(list(changes(node)))):
                mutated: Any = copy.deepcopy(tree)
                target = list(ast.walk(mutated.body[0].body[at]))[number]
                mutated = Replace(target, list(changes(target))[which]).visit(mutated)
                names = dict(rule.fn.__globals__)
                exec(compile(ast.fix_missing_locations(mutated), f"<mutant of {function.name}>", "exec"), names)
                text = ast.unparse(mutated.body[0].body[at])
                yield (
                    text,
                    Rule(names[function.name], rule.scope, dict(zip(rule.own_names, rule.state_names, strict=True))),
                )


def is_noticed(oracle: Oracle, mutant: Rule) -> bool:
    cls: Any = getattr(torch.optim, oracle.name)
    changed = type(cls.__name__, (cls,), {"rule": mutant})
    try:
        with np.errstate(all="ignore"):
            return not agree(ours(oracle, cls=changed), theirs(oracle))
    except (ArithmeticError, LookupError, TypeError, ValueError, Warning):
        return True


@pytest.mark.parametrize("name", CASES)
def test_every_mutant_of_a_rule_is_noticed(name: str) -> None:
    rule = getattr(torch.optim, name).rule
    unnoticed = [
        text
        for text, mutant in mutants(rule)
        if (name, text) not in EQUIVALENT and not any(is_noticed(oracle, mutant) for oracle in CASES[name])
    ]
    assert not unnoticed


def test_every_optimizer_with_a_rule_has_an_oracle() -> None:
    classes = [getattr(torch.optim, name) for name in torch.optim.__all__]
    rules = {cls.rule for cls in classes if isinstance(cls, type) and isinstance(getattr(cls, "rule", None), Rule)}
    assert rules - {torch.optim.ChainOptimizer.rule} == {getattr(torch.optim, name).rule for name in CASES}
