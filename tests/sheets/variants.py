"""One roster in as many forms as offices may give it: other headers, orders, depths, dates, blocks, widths and notes."""

import random
from collections.abc import Callable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Mapping[str, object]]

REGIONS: Rows = (
    {"code": "632800", "name": "海西蒙古族藏族自治州", "parent": "630000"},
    {"code": "632801", "name": "格尔木市", "parent": "632800"},
    {"code": "632821", "name": "乌兰县", "parent": "632800"},
)
SCHOOLS: Rows = tuple(
    {
        "code": f"363280{n:04d}", "name": f"{place}第{n}{end}", "region": region, "stage": stage, "setting": setting,
        "pupils": first + second, "pupils_primary": first or None, "pupils_junior": second or None,
        "contact": f"张小{'一二三四五六'[n - 1]}", "phone": f"1000{n:07d}" if n % 3 else None,
    }
    for n, (place, end, region, stage, setting, first, second) in enumerate(
        (
            ("格尔木市", "小学", "632801", "小学", "城区", 1281, 0), ("格尔木市", "中学", "632801", "初中", "镇区", 0, 945),
            ("乌兰县", "学校(分校)", "632821", "九年一贯制", "乡村", 543, 272), ("乌兰县", "小学", "632821", "小学", "乡村", 99, 0),
            ("格尔木市", "学校", "632801", "九年一贯制", "城区", 800, 401), ("乌兰县", "中学", "632821", "初中", "镇区", 0, 300),
        ),
        start=1,
    )
)  # fmt: skip
ORGANISATIONS: Rows = (
    {"name": "海西蒙古族藏族自治州教育局", "kind": "教育行政部门", "region": "632800", "contact": "雷小亮"},
    {"name": "格尔木市教育局", "kind": "教育行政部门", "region": "632801", "contact": "张小军"},
    {"name": "海西蒙古族藏族自治州教师发展中心", "kind": "培训机构", "region": "632800", "contact": "傅小荣"},
)
GROUPS: Rows = (
    {
        "name": "甲教育集团",
        "lead": "格尔木市第1小学",
        "members": ("乌兰县第3学校(分校)", "乌兰县第4小学"),
        "chief_principal": "周小红",
    },
    {
        "name": "乙教育集团",
        "lead": "乌兰县第6中学",
        "members": ("格尔木市第2中学", "格尔木市第5学校"),
        "chief_principal": "郭小波",
    },
)
PEOPLE: Rows = tuple(
    {
        "name": f"{'王李赵钱孙周'[n % 6]}{'明芳' if n % 2 else '伟'}{'一二三四五六七八九十'[n // 6]}", "sex": "男" if n % 2 else "女",
        "id_last4": f"{n * 37 % 10000:03d}X" if n % 7 == 0 else f"{n * 37 % 10000:04d}", "birth": (1960 + n % 40, 1 + n % 12),
        "unit": "格尔木市教育局" if n == 20 else SCHOOLS[n % 6]["name"], "subject": ("语文", "数学", "英语")[n % 3],
        "post": ("教师", "校长", "年级组长")[n % 3], "title": ("一级教师", "高级教师")[n % 2],
        "backbone": (None, "校级", "县级", "市州级", "省级")[n % 5], "since": (2003 + n % 20, 8), "degree": ("本科", "专科")[n % 2],
        "stage": ("小学", "初中")[n % 2],
    }
    for n in range(24)
)  # fmt: skip

#: For each sheet, its rows and for each field the headers that next year's form may have; the first is that of today.
SHEETS: Mapping[str, tuple[Rows, Mapping[str, Sequence[str]]]] = {
    "行政区划": (REGIONS, {
        "code": ("行政区划代码", "区划代码", "代 码", "Region Code"), "name": ("名称", "区划名称", "行政区划名称", "Name"),
        "parent": ("上级代码", "上级区划", "上级行政区划代码", "Parent code"),
    }),
    "学校": (SCHOOLS, {
        "code": ("学校标识码", "学校代码（10位）", "学校（机构）标识码", "School Code"), "name": ("学校名称", "学校全称*", "校名", "School name"),
        "region": ("所属区划", "所在县（市、区）", "行政区划", "区县", "Region"), "stage": ("学段", "办学类型", "学校类别", "Stage"),
        "setting": ("城乡类型", "城乡分类", "所在地城乡类型（必填）", "Setting"), "pupils": ("在校生数", "在校学生数（人）", "学生人数", "Pupils"),
        "pupils_primary": ("其中:小学", "其中：小学生数", "小学在校生数", "Primary pupils"),
        "pupils_junior": ("其中:初中", "其中：初中生数", "初中在校生数", "Junior pupils"),
        "contact": ("联系人", "联 络 员", "联系人姓名", "Contact"), "phone": ("联系电话", "手机号码", "联系方式", "Phone"),
    }),
    "教育行政与直属单位": (ORGANISATIONS, {
        "name": ("单位名称", "机构名称", "单位全称"), "kind": ("类别", "单位类别", "单位性质", "Category"),
        "region": ("所属区划", "区划代码", "所在地区", "Region"), "contact": ("联系人", "负责人", "联络员姓名", "Contact person"),
    }),
    "教育集团": (GROUPS, {
        "name": ("集团名称", "教育集团名称", "Group name"), "lead": ("牵头校", "核心学校", "龙头学校", "Lead school"),
        "members": ("成员校(园)", "成员学校", "成员单位", "Members"), "chief_principal": ("总校长", "集团总校长", "Chief principal"),
    }),
    "教师": (PEOPLE, {
        "name": ("姓名", "教师姓名", "姓　名", "Full name"), "sex": ("性别", "性 别", "Gender"),
        "id_last4": ("身份证后四位", "身份证号（后四位）", "证件号后四位", "ID last four"), "birth": ("出生年月", "出生日期", "出生时间", "Date of birth"),
        "unit": ("任教学校", "所在学校", "工作单位", "现任教学校", "Workplace"), "subject": ("学科", "任教学科", "科目", "Subject"),
        "post": ("职务", "岗位", "行政职务", "Post"), "title": ("职称", "专业技术职务", "Title"),
        "backbone": ("骨干级别", "骨干教师级别", "Backbone level"), "since": ("现校任职起始", "到现校时间", "现校任教起始", "Since"),
        "degree": ("学历", "最高学历", "Degree"), "stage": ("任教学段", "学段", "所教学段", "Stage taught"),
    }),
}  # fmt: skip
_SAME = {"小学": ("小学", "完全小学"), "初中": ("初中", "初级中学"), "九年一贯制": ("九年一贯制", "九年一贯制学校"), "城区": ("城区", "城市"),
         "乡村": ("乡村", "农村"), "教育行政部门": ("教育行政部门", "教育局"), "校级": ("校级", "校级骨干"), "县级": ("县级", "县级骨干教师", "区级")}  # fmt: skip
_MONTHS: Sequence[Callable[[int, int], object]] = (
    lambda y, m: f"{y}.{m:02d}", lambda y, m: f"{y}年{m}月", lambda y, m: f"{y}-{m}", lambda y, m: f"{y}/{m:02d}",
    lambda y, m: y * 100 + m, lambda y, m: f"{y}{m:02d}", lambda y, m: f"{y}-{m:02d}-15", lambda y, m: f"{y}年{m:02d}月03日",
)  # fmt: skip
_FULL = str.maketrans("0123456789()", "０１２３４５６７８９（）")


def variant(seed: int) -> Workbook:
    """The roster in one of its forms; the same seed gives the same. Seed 0 is the form of today."""
    chance = random.Random(seed)  # noqa: S311  only to vary
    book = Workbook()
    del book["Sheet"]
    names = list(SHEETS)
    if seed:
        chance.shuffle(names)
    for name in names:
        _Form(chance, plain=seed == 0).write(
            book.create_sheet(name if chance.random() < 0.7 else f"附表{len(book.sheetnames)}"), name
        )
    return book


class _Form:
    """One form of one sheet: how it writes everything."""

    def __init__(self, chance: random.Random, *, plain: bool) -> None:
        self._chance, self._plain = chance, plain
        self._month = _MONTHS[0] if plain else chance.choice(_MONTHS)
        self._wide, self._spaced, self._named = (not plain and chance.random() < 0.4 for _ in range(3))
        self._sign = "、" if plain else chance.choice("、，,；; ")

    def write(self, sheet: Worksheet, name: str) -> None:
        rows, headers = SHEETS[name]
        fields = list(headers)
        if not self._plain:
            self._chance.shuffle(fields)
        called = {
            field: headers[field][0] if self._plain else self._chance.choice(headers[field])
            for field in fields
        }
        layout = (
            "plain" if self._plain else self._chance.choice(("plain", "deep", "deeper", "below", "beside"))
        )
        sheet.append([f"{name}情况统计表（2026年）"])
        if layout != "plain" or self._chance.random() < 0.5:
            sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(fields))
            sheet.append(["填报单位：某教育局", None, None, "单位：人"])
        half = len(rows) // 2 or 1
        if layout == "below":
            self._block(sheet, rows[:half], fields, called)
            sheet.append([])
            sheet.append(["续表"])
            self._chance.shuffle(fields)
            self._block(sheet, rows[half:], fields, called)
        elif layout == "beside":
            self._beside(sheet, rows, fields, called)
        elif layout in {"deep", "deeper"} and name in {"学校", "教师"}:
            self._deep(sheet, rows, fields, called, three=layout == "deeper", name=name)
        else:
            self._block(sheet, rows, fields, called)
        if self._chance.random() < 0.5:
            sheet.append(["备注：本表由各校填报。"])

    def _block(self, sheet: Worksheet, rows: Rows, fields: Sequence[str], called: Mapping[str, str]) -> None:
        sheet.append(["序号", *(called[field] for field in fields)])
        self._rows(sheet, rows, fields)

    def _rows(self, sheet: Worksheet, rows: Rows, fields: Sequence[str]) -> None:
        for number, row in enumerate(rows, start=1):
            sheet.append([number, *(self._cell(field, row[field]) for field in fields)])
            if not self._plain and self._chance.random() < 0.05:
                sheet.append([])
        if "pupils" in fields:
            sheet.append(
                ["合计", *(f"=SUM(C4:C{len(rows)})" if field == "pupils" else None for field in fields)]
            )

    def _beside(self, sheet: Worksheet, rows: Rows, fields: Sequence[str], called: Mapping[str, str]) -> None:
        half = -(-len(rows) // 2)
        gap = [None] * self._chance.randrange(2)
        sheet.append([*(called[f] for f in fields), *gap, *(called[f] for f in fields)])
        for index in range(half):
            pair = [rows[index], rows[half + index] if half + index < len(rows) else dict.fromkeys(fields)]
            left, right = ([self._cell(f, row[f]) for f in fields] for row in pair)
            sheet.append([*left, *gap, *right])

    def _deep(
        self,
        sheet: Worksheet,
        rows: Rows,
        fields: Sequence[str],
        called: Mapping[str, str],
        *,
        three: bool,
        name: str,
    ) -> None:
        """A head of two or three rows, its parents merged over their columns."""
        family = ["pupils", "pupils_primary", "pupils_junior"] if name == "学校" else ["birth", "since"]
        alone = [field for field in fields if field not in family]
        top = sheet.max_row + 1
        depth = 3 if three and name == "学校" else 2
        blank: list[str | None] = [None] * (len(alone) + 1)
        words: list[list[str | None]] = [
            ["序号", *(called[f] for f in alone)],
            *([*blank] for _ in range(depth - 1)),
        ]
        first = len(alone) + 2
        if name == "学校":
            words[0] += ["在校生数", None, None]
            words[1] += ["合计", "其中", None] if depth == 3 else ["小计", "小学", "初中"]
            if depth == 3:
                words[2] += [None, "小学", "初中"]
        else:
            words[0] += ["年月", None]
            words[1] += [called["birth"], called["since"]]
        for line in words:
            sheet.append(line)
        for column in range(1, first):
            sheet.merge_cells(start_row=top, end_row=top + depth - 1, start_column=column, end_column=column)
        sheet.merge_cells(start_row=top, end_row=top, start_column=first, end_column=first + len(family) - 1)
        if depth == 3:
            sheet.merge_cells(start_row=top + 1, end_row=top + 2, start_column=first, end_column=first)
            sheet.merge_cells(
                start_row=top + 1, end_row=top + 1, start_column=first + 1, end_column=first + 2
            )
        self._rows(sheet, rows, [*alone, *family])

    def _cell(self, field: str, value: object) -> object:
        if value is None:
            return self._chance.choice((None, "—", "/", " ")) if not self._plain else None
        if field in {"birth", "since"} and isinstance(value, tuple):
            value = self._month(*value)
        elif isinstance(value, tuple):
            value = self._sign.join(value)
        elif field in {"region", "parent"} and self._named:
            value = next((row["name"] for row in REGIONS if row["code"] == value), value)
        elif isinstance(value, str) and not self._plain:
            value = self._chance.choice(_SAME.get(value, (value,)))
        if isinstance(value, int) and self._wide:
            value = f"{value:,}" if field.startswith("pupils") else str(value)
        if isinstance(value, str) and self._wide:
            value = value.translate(_FULL)
        if field in {"name", "contact"} and isinstance(value, str) and len(value) < 4 and self._spaced:
            value = "　".join(value)
        return value
