"""What entries of the audit trail are called for people: event types, words of the services' own, and fields."""

from shared.text import Sentence
from shared.web.rendering import t

_CALLED = {
    "directory.region.changed.v1": Sentence(zh="区划登记或更改", en="Region registered or changed"),
    "directory.school.changed.v1": Sentence(zh="学校登记或更改", en="School registered or changed"),
    "directory.organisation.changed.v1": Sentence(zh="单位登记或更改", en="Unit registered or changed"),
    "directory.group.changed.v1": Sentence(
        zh="教育集团登记或更改", en="Education group registered or changed"
    ),
    "directory.person.changed.v1": Sentence(zh="人员登记或更改", en="Person registered or changed"),
    "directory.key.changed.v1": Sentence(zh="登录密钥更换", en="Signing key changed"),
    "directory.account.changed.v1": Sentence(zh="账号开通或更改", en="Account opened or changed"),
    "account.holder_left": Sentence(
        zh="本人离开，账号随之停用或收回学校角色",
        en="Holder left: account disabled, or roles of schools taken",
    ),
    "account.holder_merged": Sentence(
        zh="同一人的记录合并，账号随之", en="Records of one person merged: account follows"
    ),
    "scheduling.session.released.v1": Sentence(zh="活动发布", en="Session released"),
    "scheduling.session.revised.v1": Sentence(zh="活动修改并通知", en="Session revised, schools told"),
    "scheduling.session.postponed.v1": Sentence(zh="活动延期", en="Session postponed"),
    "scheduling.session.cancelled.v1": Sentence(zh="活动取消", en="Session cancelled"),
    "scheduling.session.held.v1": Sentence(zh="活动已举行", en="Session held"),
    "scheduling.session.closed": Sentence(zh="活动办结", en="Session closed"),
    "scheduling.session.overridden": Sentence(zh="有冲突仍发布", en="Released in spite of a conflict"),
    "scheduling.programme.enrolled": Sentence(zh="学员加入项目", en="Trainees put on a roster"),
    "scheduling.programme.person_chosen": Sentence(
        zh="学员对应到名录", en="Trainee matched with the directory"
    ),
    "scheduling.programme.withdrawn": Sentence(zh="学员移出项目", en="Trainee taken off a roster"),
    "scheduling.task.changed.v1": Sentence(zh="待办更新", en="Task updated"),
    "notifications.task.changed.v1": Sentence(zh="待办更新", en="Task updated"),
    "scheduling.agenda.staged": Sentence(zh="上传日程", en="Agenda sent"),
    "scheduling.agenda.confirmed": Sentence(zh="由日程建立项目", en="Agenda became a programme"),
    "scheduling.agenda.discarded": Sentence(zh="放弃日程", en="Agenda discarded"),
    "scheduling.agenda.undone": Sentence(zh="整体撤销项目草稿", en="Draft of a programme taken back"),
    "list.exported": Sentence(zh="导出列表", en="List exported"),
    "school_year.closed": Sentence(zh="结转学年", en="School year closed"),
    "directory.import.sent": Sentence(zh="上传花名册", en="Roster sent"),
    "directory.import.confirmed": Sentence(zh="确认花名册", en="Roster confirmed"),
    "directory.import.applied": Sentence(zh="花名册已写入", en="Roster written"),
    "directory.import.undoing": Sentence(zh="撤销花名册", en="Roster taken back"),
    "directory.import.undone": Sentence(zh="花名册已撤销", en="Roster undone"),
    "directory.import.discarded": Sentence(zh="放弃花名册", en="Roster discarded"),
    "file.refused": Sentence(zh="文件未被接收", en="File refused"),
    "resources.recording.published.v1": Sentence(zh="录像发布", en="Recording published"),
    "directory.import.forgotten": Sentence(zh="删除花名册文件", en="File of a roster deleted"),
}

_FIELDS = {
    "name": Sentence(zh="名称", en="Name"),
    "name_en": Sentence(zh="英文名", en="English name"),
    "phone": Sentence(zh="电话", en="Phone"),
    "contact": Sentence(zh="联系人", en="Contact"),
    "birth": Sentence(zh="出生年月", en="Born"),
    "id_last4": Sentence(zh="身份证后四位", en="Last four of the id number"),
    "school_id": Sentence(zh="学校", en="School"),
    "region_code": Sentence(zh="区划代码", en="Region code"),
    "code": Sentence(zh="代码", en="Code"),
    "stage": Sentence(zh="学段", en="Stage"),
    "pupils": Sentence(zh="学生数", en="Pupils"),
    "subject": Sentence(zh="学科", en="Subject"),
    "post": Sentence(zh="职务", en="Post"),
    "title": Sentence(zh="标题或职称", en="Title"),
    "since": Sentence(zh="现校起始", en="Here since"),
    "left_at": Sentence(zh="离开时间", en="Left at"),
    "retired_at": Sentence(zh="停用时间", en="Retired at"),
    "grants": Sentence(zh="角色", en="Roles"),
    "enabled": Sentence(zh="启用", en="Enabled"),
    "state": Sentence(zh="状态", en="State"),
    "reason": Sentence(zh="原因", en="Reason"),
    "starts_at": Sentence(zh="开始", en="Starts"),
    "ends_at": Sentence(zh="结束", en="Ends"),
    "place": Sentence(zh="地点", en="Place"),
    "times": Sentence(zh="时间安排", en="Times"),
    "led_by": Sentence(zh="主讲和主持", en="Who leads it"),
    "note": Sentence(zh="备注", en="Note"),
    "kind": Sentence(zh="类型", en="Kind"),
    "hours": Sentence(zh="学时", en="Hours"),
    "outcome": Sentence(zh="成果要求", en="What has to be handed in"),
    "filename": Sentence(zh="文件名", en="File name"),
    "sha256": Sentence(zh="文件校验值（SHA-256）", en="SHA-256 of the file"),
}


def called(what: str) -> Sentence:
    """What happened, for people; the bare type where nobody has given it words yet."""
    return _CALLED.get(what, Sentence(zh=what, en=what))


def fields_called(name: str) -> str:
    """A field's name in the reader's language; the bare one where it has no words yet."""
    sentence = _FIELDS.get(name)
    return t(sentence.zh, sentence.en) if sentence else name
