"""The operations as users call them: PyTorch's names and arguments, checked, and handed to the rows of the table.

Each family lists its public names itself; the package has them all.
"""

# ruff: noqa: F403

from . import (
    arithmetic,
    calculus,
    comparison,
    counting,
    cumulative,
    diagonals,
    einstein,
    elementwise,
    grids,
    indexing,
    joining,
    matrices,
    ordering,
    padding,
    products,
    reduction,
    scattering,
    shape,
    special,
    splitting,
    statistics,
)
from .arithmetic import *
from .calculus import *
from .comparison import *
from .counting import *
from .cumulative import *
from .diagonals import *
from .einstein import *
from .elementwise import *
from .grids import *
from .indexing import *
from .joining import *
from .matrices import *
from .ordering import *
from .padding import *
from .products import *
from .reduction import *
from .scattering import *
from .shape import *
from .special import *
from .splitting import *
from .statistics import *

__all__: list[str] = []
__all__ += arithmetic.__all__
__all__ += calculus.__all__
__all__ += comparison.__all__
__all__ += counting.__all__
__all__ += cumulative.__all__
__all__ += diagonals.__all__
__all__ += einstein.__all__
__all__ += elementwise.__all__
__all__ += grids.__all__
__all__ += indexing.__all__
__all__ += joining.__all__
__all__ += matrices.__all__
__all__ += ordering.__all__
__all__ += padding.__all__
__all__ += products.__all__
__all__ += reduction.__all__
__all__ += scattering.__all__
__all__ += shape.__all__
__all__ += special.__all__
__all__ += splitting.__all__
__all__ += statistics.__all__
