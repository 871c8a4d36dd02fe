"""A directory as operators run it, with a worker and pages in processes of their own; and a roster to bring in.

People are made up. Whoever signs in meanwhile does so through the page, with a password that argon2 checks.
"""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
from openpyxl import Workbook

from benchmarks.prefecture import name_of

LOGIN, PASSWORD = "bureau.chief", "long enough 4 a bench"

_PATIENCE = 60.0
_COUNTIES = {
    "632801": "格尔木市",
    "632802": "德令哈市",
    "632803": "茫崖市",
    "632821": "乌兰县",
    "632822": "都兰县",
    "632823": "天峻县",
}
_SUBJECTS = ("语文", "数学", "英语", "科学", "音乐", "美术", "体育", "道德与法治")
_SCHOOL = (
    "序号",
    "学校标识码",
    "学校名称",
    "所属区划",
    "学段",
    "城乡类型",
    "在校生数",
    "联系人",
    "联系电话",
)
_PERSON = (
    "姓名",
    "性别",
    "身份证后四位",
    "出生年月",
    "任教学校",
    "学科",
    "职务",
    "职称",
    "骨干级别",
    "现校任职起始",
    "学历",
    "任教学段",
)


def workbook(*, schools: int, people: int) -> bytes:
    """A prefecture's roster as its office keeps it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("行政区划")
    for row in (("行政区划代码", "名称", "上级代码"), ("632800", "海西蒙古族藏族自治州", "630000")):
        sheet.append(row)
    for code, name in _COUNTIES.items():
        sheet.append((code, name, "632800"))
    sheet = book.create_sheet("学校")
    sheet.append(("海西蒙古族藏族自治州学校基本情况统计表",))
    sheet.append(_SCHOOL)
    codes = list(_COUNTIES)
    for n in range(schools):
        code = codes[n % len(codes)]
        stage, setting = ("小学", "初中", "九年一贯制")[n % 3], ("城区", "镇区", "乡村")[n % 3]
        phone = f"1000{n:07d}"
        sheet.append((n + 1, f"3{code}{n:06d}", _school(n), code, stage, setting, 100 + n * 37 % 1900, name_of(n), phone))  # fmt: skip
    sheet = book.create_sheet("教师")
    sheet.append(("教师基本信息",))
    sheet.append(_PERSON)
    for n in range(people):
        sheet.append(_person(n, n * schools // people))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class Running:
    """`tongxing COMMAND directory` (or another service) in a process of its own."""

    def __init__(self, *arguments: str, settings: Mapping[str, str], log: Path) -> None:
        """Start it; what it says goes to `log`."""
        with log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603  our own program
                [Path(sys.executable).with_name("tongxing"), *arguments],
                env={**os.environ, **settings},
                stdout=said,
                stderr=said,
            )

    def __enter__(self) -> Self:
        """The process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, as an operator would."""
        self._process.terminate()
        self._process.wait(timeout=_PATIENCE)

    def megabytes(self) -> float:
        """The most that was ever resident at once."""
        return _resident(self._process.pid)

    def megabytes_of_workers(self) -> float:
        """The same of the largest process that it started, such as the one that answers what gunicorn's master accepts."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return max((_resident(int(child)) for child in children), default=0.0)

    def cpu_seconds(self) -> float:
        """Processor time of all its threads so far."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def signed_in(url: str) -> requests.Session:
    """A browser whose person has signed in. Waits for the pages to be served."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            browser = requests.Session()
            _sign_in(browser, url)
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return browser


@contextmanager
def signing_in(url: str, *, every: float) -> Iterator[list[float]]:
    """Somebody signs in again and again; the list fills with how many milliseconds each answer took."""
    took: list[float] = []
    over = threading.Event()

    def again() -> None:
        while not over.wait(every):
            started = time.monotonic()
            _sign_in(requests.Session(), url)
            took.append((time.monotonic() - started) * 1000)

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


def _sign_in(browser: requests.Session, url: str) -> None:
    form = {"login": LOGIN, "password": PASSWORD}
    answer = browser.post(f"{url}/sign-in", data=form, timeout=_PATIENCE, allow_redirects=False)
    if answer.status_code != 303:  # noqa: PLR2004  the way on after signing in
        raise SystemExit(f"Signing in was answered with {answer.status_code}.")


def _school(n: int) -> str:
    county = list(_COUNTIES.values())[n % len(_COUNTIES)]
    return f"{county}第{n}小学"


def _person(n: int, school: int) -> tuple[str | None, ...]:
    return (
        name_of(n),
        "女" if n % 3 else "男",
        f"{n % 10000:04d}",  # with the birth beside it no two are alike
        f"{1966 + (n + n // 10000 * 3) % 36}.{1 + n % 12:02d}",
        _school(school),
        _SUBJECTS[n % len(_SUBJECTS)],
        "教师",
        "一级教师",
        (None, None, None, "校级", "县级", "市州级", None, "省级")[n // 3 % 8],
        f"{2000 + n % 25}.08",
        "本科",
        "小学",
    )
