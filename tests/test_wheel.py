"""The wheel holds what the package holds; scripts/check-wheel installs it and runs every verb."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src"


def test_code_data_pages_and_the_mark_of_types_are_in_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as file:
        held = set(file.namelist())
        (entry,) = (file.read(name).decode() for name in held if name.endswith("entry_points.txt"))
    files = [file for file in (SOURCE / "mine2magnet").rglob("*") if file.is_file()]
    package = {f.relative_to(SOURCE).as_posix() for f in files if f.parent.name != "__pycache__"}
    assert package == {name for name in held if ".dist-info/" not in name}
    assert "mine2magnet/py.typed" in package
    assert "mine2magnet = mine2magnet.cli.main:main" in entry
