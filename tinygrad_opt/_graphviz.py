"""Graph: a graphviz.Digraph that pygraphviz renders where Graphviz itself is not installed.

Apart from draw.py so that graphviz is imported when something is drawn, not with the package.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import graphviz  # type: ignore[import-untyped]


class GraphvizNotFound(graphviz.ExecutableNotFound):  # type: ignore[misc]
    """Neither Graphviz nor pygraphviz is there to make a picture of DOT text. A RuntimeError, as graphviz's own."""

    def __init__(self) -> None:
        RuntimeError.__init__(
            self,
            "rendering a graph needs Graphviz, and neither its program `dot` nor pygraphviz was found: run "
            '`apt install graphviz` (or `brew install graphviz`), or `pip install "tinygrad-opt[viz]"`; '
            "the DOT text itself is in .source",
        )


class Graph(graphviz.Digraph):  # type: ignore[misc]
    """What `draw` returns: the DOT text in `.source`, pictures by `.render()` and `.pipe()`, shown in notebooks."""

    def pipe(
        self, format: str | None = None, *, engine: str | None = None, encoding: str | None = None, **options: Any
    ) -> Any:
        """The picture as bytes, or as text in `encoding`. As graphviz.Digraph.pipe."""
        try:
            return super().pipe(format, engine=engine, encoding=encoding, **options)
        except graphviz.ExecutableNotFound:
            picture = _render_in_process(self.source, engine or self.engine, format or self.format)
            return picture if encoding is None else picture.decode(encoding)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        *,
        outfile: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        format: str | None = None,
        engine: str | None = None,
        cleanup: bool = False,
        view: bool = False,
        **options: Any,
    ) -> str:
        """Write the picture to `outfile`, in the format of its suffix, and return that path.

        The DOT text is saved beside it, unless `cleanup`. As graphviz.Digraph.render.
        """
        same: dict[str, Any] = {"directory": directory, "outfile": outfile, "format": format, "engine": engine}
        try:
            return str(super().render(filename, cleanup=cleanup, view=view, **same, **options))
        except graphviz.ExecutableNotFound:  # by then the arguments are checked and the DOT text is in self.filepath
            if outfile is None:
                format = format or self.format
                path = Path(f"{self.filepath}.{format}")
            else:
                path = Path(self.directory if directory is None else "", outfile)
                format = format or path.suffix[1:].lower()
            path.write_bytes(_render_in_process(self.source, engine or self.engine, format))
            if cleanup:
                os.remove(self.filepath)
            if view:
                graphviz.view(path)
            return str(path)

    def _repr_mimebundle_(self, *args: Any, **options: Any) -> Any:
        """What a notebook shows: an SVG picture, or the DOT text where nothing can make one."""
        try:
            return super()._repr_mimebundle_(*args, **options)
        except Exception:  # whatever went wrong, to look at a graph must not stop a notebook
            return {"text/plain": self.source}


def _render_in_process(source: str, engine: str, format: str) -> Any:
    """The picture of DOT text, made by the Graphviz that comes with pygraphviz."""
    try:
        from pygraphviz import AGraph  # type: ignore[import-untyped]
    except ImportError:
        raise GraphvizNotFound from None
    try:
        return AGraph(string=source).draw(format=format, prog=engine)
    except (TypeError, ValueError) as error:  # TypeError is what pygraphviz makes of a failed rendering
        raise ValueError(f"the Graphviz of pygraphviz cannot write {format!r}; install Graphviz itself") from error
