"""The product from Python: a typed client of its HTTP API, and a folder's library as frames.

```python
from mine2magnet.client import Client
```
"""

from mine2magnet.client.http import (
    ApiError,
    BadRequest,
    Client,
    Exists,
    NotAllowed,
    NotHeld,
    TryLater,
)

__all__ = ["ApiError", "BadRequest", "Client", "Exists", "NotAllowed", "NotHeld", "TryLater"]
