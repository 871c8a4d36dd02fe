"""What the tables of a roster are, and the words that offices use for their columns and values."""

from shared.sheets.fields import Field, Kind
from shared.sheets.parsers import Parser, choice, code, last, listed, month, name, phone, text, whole
from shared.text import Sentence

STAGES = {
    "小学": "primary", "完全小学": "primary", "完小": "primary", "教学点": "primary", "小学阶段": "primary", "primary": "primary",
    "初中": "junior", "初级中学": "junior", "普通初中": "junior", "初中阶段": "junior", "junior": "junior", "junior middle": "junior",
    "九年一贯制": "nine_year", "九年一贯制学校": "nine_year", "九年制": "nine_year", "九年义务教育": "nine_year", "nine-year": "nine_year",
    "完全中学": "complete_secondary", "完中": "complete_secondary", "初高中": "complete_secondary", "初高中一体": "complete_secondary", "complete secondary": "complete_secondary",
    "十二年一贯制": "twelve_year", "十二年一贯制学校": "twelve_year", "十二年制": "twelve_year", "12年一贯制": "twelve_year", "十二年制学校": "twelve_year", "twelve-year": "twelve_year",
    "普通高中": "senior", "高中": "senior", "高级中学": "senior", "高中阶段": "senior", "senior": "senior",
    "幼儿园": "kindergarten", "学前": "kindergarten", "学前教育": "kindergarten", "幼儿": "kindergarten", "kindergarten": "kindergarten",
}  # fmt: skip
SETTINGS = {
    "城区": "urban", "城市": "urban", "主城区": "urban", "urban": "urban", "city": "urban",
    "镇区": "town", "县镇": "town", "乡镇": "town", "镇": "town", "town": "town",
    "乡村": "rural", "农村": "rural", "村": "rural", "乡": "rural", "rural": "rural",
}  # fmt: skip
SEXES = {
    "男": "男",
    "男性": "男",
    "male": "男",
    "m": "男",
    "女": "女",
    "女性": "女",
    "female": "女",
    "f": "女",
}
BACKBONES = {
    "无": "none", "否": "none", "非骨干": "none", "不是": "none", "普通": "none", "none": "none",
    "校级": "school", "校骨干": "school", "school": "school",
    "县级": "county", "区级": "county", "县区级": "county", "区县级": "county", "县市级": "county", "县市区级": "county", "county": "county",
    "市州级": "city", "州级": "city", "市级": "city", "地市级": "city", "州市级": "city", "city": "city",
    "省级": "province", "自治区级": "province", "省": "province", "province": "province",
    "国家级": "national", "国家": "national", "national": "national",
}  # fmt: skip
ORGANISATIONS = {
    "教育行政部门": "bureau", "教育局": "bureau", "行政部门": "bureau", "教育行政": "bureau", "行政单位": "bureau", "bureau": "bureau",
    "培训机构": "training_centre", "教师发展中心": "training_centre", "教师进修学校": "training_centre", "进修学校": "training_centre",
    "教研机构": "training_centre", "教研室": "training_centre", "培训中心": "training_centre", "training centre": "training_centre",
    "其他": "other", "其它": "other", "直属单位": "other", "事业单位": "other", "other": "other",
}  # fmt: skip

_BACKBONE_WORDS = BACKBONES | {
    f"{word}{end}": meaning
    for word, meaning in BACKBONES.items()
    if word.endswith("级")
    for end in ("骨干", "骨干教师", "骨干老师")
}
_SUBJECTS = (
    "语文|数学|英语|物理|化学|生物|生物学|历史|地理|政治|思想政治|道德与法治|品德|科学|音乐|美术|艺术|体育|体育与健康|信息技术"
    "|信息科技|通用技术|劳动|综合实践|心理健康|心理|书法|幼教|学前教育|藏语文|蒙古语文|民族语文"
)
_NOT_NEEDED = ("序号", "编号", "no", "no.", "#", "备注", "说明", "remarks", "notes", "note")
_PEOPLE_DO_NOT_NEED = (
    "民族", "政治面貌", "籍贯", "参加工作时间", "参加工作年月", "毕业院校", "毕业学校", "专业", "所学专业", "毕业时间", "毕业年月", "第一学历",
    "年龄", "教龄", "照片", "签名", "家庭住址", "邮箱", "电子邮箱", "email",
)  # fmt: skip


def _alike(meanings: dict[str, str]) -> str:
    return "|".join(sorted(meanings, key=len, reverse=True))


def _field(
    name_: str, zh: str, en: str, parse: Parser, words: str = "", *, required: bool = False, pattern: str = ""
) -> Field:
    synonyms = tuple(word.strip() for word in words.split("|") if word.strip())
    return Field(name_, Sentence(zh=zh, en=en), synonyms, parse, required=required, pattern=pattern)


_REGION = (
    "所属区划|所属行政区划|行政区划|区划|所属区域|所在区划|所在行政区划|所属区县|区县|县区|县市区|所属县区|所在县区|所属县|所在县|县市|所在县市|所属地区|所在地区"
    "|所在地|所属地|属地|区划代码|行政区划代码|所属区划代码|所属区划名称|county|district|administrative region|region code"
)
_CONTACT = "联系人姓名|联络人|联络员|联络员姓名|负责人|负责人姓名|单位负责人|contact|contact person|liaison"
_PHONE = (
    "电话|联系方式|联系人电话|联系人手机|联系人联系电话|联系人联系方式|联系人手机号|联系人手机号码|手机|手机号|手机号码|电话号码|联络电话|办公电话|移动电话"
    "|telephone|tel|mobile|phone number|contact phone"
)
_MOBILE = r"1\d{10}"

REGIONS = Kind(
    "regions",
    Sentence(zh="行政区划", en="Regions"),
    (
        _field("code", "行政区划代码", "Code", code, "代码|区划代码|区划编码|行政区划编码|行政区代码|行政代码|区域代码|编码|region code|gb/t 2260", required=True),
        _field("name", "名称", "Name", name, "行政区划名称|区划名称|行政区划|行政区名称|区域名称|地区名称|地区|单位名称|region|region name", required=True),
        _field("parent", "上级代码", "Parent", name, "上级|上级区划|上级区划代码|上级行政区划代码|上级行政区划|上级名称|上级区划名称|隶属|所属上级|parent code|parent region"),
    ),
    titles=("区划",),
    ignored=(*_NOT_NEEDED, "级别", "层级", "level"),
)  # fmt: skip
SCHOOLS = Kind(
    "schools",
    Sentence(zh="学校", en="Schools"),
    (
        _field("code", "学校标识码", "School code", code, "标识码|学校代码|学校编码|学校编号|学校机构代码|机构标识码|校代码|学校识别码|代码|school id", required=True, pattern=r"\d{10}"),
        _field("name", "学校名称", "School", name, "学校|校名|学校全称|名称|校园名称|学校名|单位名称|学校单位名称|school name", required=True),
        _field("region", "所属区划", "Region", name, _REGION, required=True, pattern=r"\d{6}"),
        _field("stage", "学段", "Stage", choice(STAGES), "办学类型|学校类型|学校类别|办学层次|办学学段|学校学段|类型|类别|school type|type|level", required=True, pattern=_alike(STAGES)),
        _field("setting", "城乡类型", "Setting", choice(SETTINGS), "城乡|城乡分类|城乡类别|城乡属性|所在地类型|所在地城乡类型|办学所在地类型|urban/rural|urban rural|location type", pattern=_alike(SETTINGS)),
        _field("pupils", "在校生数", "Pupils", whole, "在校生|在校学生数|在校生人数|在校学生|在校学生人数|学生数|学生人数|学生总数|在校生总数|在校人数|enrolment|enrollment|students|number of pupils"),
        _field("pupils_primary", "小学在校生数", "Primary pupils", whole, "小学|小学生数|小学学生数|小学生|小学人数|小学部|小学段|小学阶段|在校生数小学|primary|of which primary"),
        _field("pupils_junior", "初中在校生数", "Junior pupils", whole, "初中|初中生数|初中学生数|初中生|初中人数|初中部|初中段|初中阶段|在校生数初中|junior|of which junior"),
        _field("contact", "联系人", "Contact", name, f"{_CONTACT}|校长|校长姓名|principal"),
        _field("phone", "联系电话", "Phone", phone, _PHONE, pattern=_MOBILE),
    ),
    titles=("学校", "中小学", "办学"),
    ignored=_NOT_NEEDED,
)  # fmt: skip
UNITS = Kind(
    "organisations",
    Sentence(zh="教育行政与直属单位", en="Organisations"),
    (
        _field("name", "单位名称", "Organisation", name, "单位|机构名称|机构|部门|部门名称|名称|单位全称|organization|unit|institution", required=True),
        _field("kind", "类别", "Kind", choice(ORGANISATIONS), "单位类别|单位类型|单位性质|机构类型|机构类别|性质|类型|type|category", pattern=_alike(ORGANISATIONS)),
        _field("region", "所属区划", "Region", name, _REGION, required=True, pattern=r"\d{6}"),
        _field("contact", "联系人", "Contact", name, _CONTACT),
        _field("phone", "联系电话", "Phone", phone, _PHONE, pattern=_MOBILE),
    ),
    titles=("行政", "直属", "单位", "机构"),
    ignored=_NOT_NEEDED,
)  # fmt: skip
GROUPS = Kind(
    "groups",
    Sentence(zh="教育集团", en="Education groups"),
    (
        _field("name", "集团名称", "Group", name, "教育集团|教育集团名称|集团|名称|education group|group name", required=True),
        _field("lead", "牵头校", "Lead school", name, "牵头学校|龙头校|龙头学校|核心校|核心学校|总校|集团总校|领办校|牵头单位|lead|leading school", required=True),
        _field("members", "成员校", "Members", listed, "成员学校|成员校名单|成员单位|集团成员|集团成员校|分校|成员|成员校园|member schools"),
        _field("chief_principal", "总校长", "Chief principal", name, "集团总校长|总校长姓名|集团校长|集团负责人|理事长"),
    ),
    titles=("集团",),
    ignored=_NOT_NEEDED,
)  # fmt: skip
PEOPLE = Kind(
    "people",
    Sentence(zh="教师", en="People"),
    (
        _field("name", "姓名", "Name", name, "教师姓名|老师姓名|人员姓名|教师名称|full name|teacher|teacher name", required=True),
        _field("sex", "性别", "Sex", choice(SEXES), "gender", pattern=_alike(SEXES)),
        _field("birth", "出生年月", "Birth", month, "出生日期|出生时间|生日|出生|出生年月日|date of birth|birth date|born|birth month"),
        _field("id_last4", "身份证后四位", "ID, last four", last(4), "身份证号后四位|身份证号码后四位|证件号后四位|证件后四位|身份证末四位|身份证号末四位|后四位|身份证尾号|身份证号|身份证号码|id last 4|last four of id|id last four"),
        _field("unit", "任教学校", "School or unit", name, "学校|学校名称|所在学校|工作单位|单位|单位名称|现任教学校|任职学校|现任职学校|现工作单位|所在单位|工作学校|任教单位|学校单位|school|school name|unit|organisation|organization|workplace", required=True, pattern=r".*(学校|中学|小学|幼儿园|教育局|发展中心)(\(.*\))?"),
        _field("unit_code", "学校标识码", "School code", code, "学校代码|标识码|学校编码|机构标识码", pattern=r"\d{10}"),
        _field("subject", "学科", "Subject", text, "任教学科|所教学科|教学学科|任课学科|主教学科|任教科目|科目|subject taught|teaching subject", pattern=_SUBJECTS),
        _field("post", "职务", "Post", text, "岗位|行政职务|现任职务|校内职务|担任职务|position|role"),
        _field("title", "职称", "Title", text, "专业技术职务|专业技术职称|现有职称|职称等级|教师职称|professional title|rank"),
        _field("backbone", "骨干级别", "Backbone level", choice(_BACKBONE_WORDS), "骨干教师级别|骨干教师|骨干|骨干层级|骨干称号|骨干教师层次|骨干教师称号|backbone teacher", pattern=_alike(BACKBONES)),
        _field("since", "现校任职起始", "Since", month, "现校任教起始|现校任教时间|现校任职时间|现校起始|到校时间|到校年月|到现校时间|到现校任教时间|现校任职起始年月|入校时间|来校时间|任现校时间|任职起始|at this school since|since"),
        _field("degree", "学历", "Degree", text, "最高学历|学历层次|文化程度|学历学位|education|highest degree|qualification"),
        _field("stage", "任教学段", "Stage taught", choice(STAGES), "学段|所教学段|教学学段|任教阶段|stage|level taught", pattern=_alike(STAGES)),
        _field("phone", "联系电话", "Phone", phone, _PHONE, pattern=_MOBILE),
        _field("region", "所属区划", "Region", name, _REGION, pattern=r"\d{6}"),
    ),
    titles=("教师", "老师", "人员", "教职工"),
    ignored=(*_NOT_NEEDED, *_PEOPLE_DO_NOT_NEED),
)  # fmt: skip
KINDS = (REGIONS, SCHOOLS, UNITS, GROUPS, PEOPLE)
