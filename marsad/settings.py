import os
from pathlib import Path
def cache_dir() -> Path:
    return Path(os.environ.get("MARSAD_CACHE") or Path.home()/".cache"/"marsad")
