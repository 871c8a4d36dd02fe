"""What an address may be, how it is shown, and what tells two of them apart. Nothing here asks the network."""

import base64
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2s
from urllib.parse import SplitResult, parse_qs, urlsplit

from services.notifications.channels.model import KINDS, Kind
from shared.errors import Invalid
from shared.text import Sentence

_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}")
_LONGEST = 500

#: Where the robots of each service live; anything else under their name is somebody's server.
ROBOT_HOSTS: Mapping[str, tuple[str, str]] = {
    "dingtalk": ("oapi.dingtalk.com", "/robot/send"),
    "wecom": ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send"),
    "feishu": ("open.feishu.cn", "/open-apis/bot/v2/hook/"),
}
_ALSO = {"feishu": ("open.larksuite.com",)}


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address. shown: as people may see it. mark: what tells it from others. endpoint: the server behind it."""

    kind: Kind
    address: str
    shown: str
    mark: str
    endpoint: str
    secret: str


def checked(kind: str, address: str, secret: str, *, allowed: frozenset[str] = frozenset()) -> Address:
    """The address as a channel keeps it. Raises Invalid with the field at fault.

    allowed: hosts, `HOST` or `HOST:PORT`, that may be addressed without TLS and be no public ones.
    """
    address, secret = address.strip(), secret.strip()
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise Invalid(Sentence(zh="没有这种渠道。", en="There is no such kind of channel."), field="kind")
    if known == "email":
        return _mail(address)
    url = _url(address, allowed)
    endpoint = f"{url.hostname}:{url.port or (443 if url.scheme == 'https' else 80)}"
    if known == "webhook":
        return _webhook(address, url, secret, endpoint)
    return _robot(known, address, url, secret, endpoint, own=not _is_allowed(url, allowed))


def new_secret() -> str:
    """A secret for a webhook, as Standard Webhooks write it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _mail(address: str) -> Address:
    if not _MAIL.fullmatch(address) or ".." in address:
        raise Invalid(Sentence(zh="邮箱地址写得不对。", en="This is no mail address."), field="address")
    name, _, domain = address.rpartition("@")
    address = f"{name}@{domain.lower()}"
    return Address("email", address, address, _mark(f"email:{address.lower()}"), "mail", "")


def _webhook(address: str, url: SplitResult, secret: str, endpoint: str) -> Address:
    secret = secret or new_secret()
    if not _SECRET.fullmatch(secret):
        raise Invalid(
            Sentence(
                zh="签名密钥应以 whsec_ 开头；留空则自动生成。",
                en="A signing secret begins with whsec_; leave it empty to have one made.",
            ),
            field="secret",
        )
    shown = f"{url.scheme}://{url.netloc}{url.path}" + ("?…" if url.query else "")
    return Address("webhook", address, shown, _mark(f"webhook:{address}"), endpoint, secret)


def _robot(kind: Kind, address: str, url: SplitResult, secret: str, endpoint: str, *, own: bool) -> Address:
    host, path = ROBOT_HOSTS[kind]
    wanted = {"dingtalk": "access_token", "wecom": "key"}.get(kind)
    said = parse_qs(url.query)
    key = said.get(wanted, [""])[0] if wanted else url.path.removeprefix(path)
    theirs = url.hostname in {host, *_ALSO.get(kind, ())} or not own
    if not theirs or not url.path.startswith(path) or not key:
        raise Invalid(
            Sentence(
                zh=f"这不是该机器人的地址：应以 https://{host}{path} 开头。请从群机器人设置里复制。",
                en=f"This is not the address of such a robot: it begins with https://{host}{path}. Copy it from the robot's settings.",
            ),
            field="address",
        )
    return Address(kind, address, f"{url.hostname} …{key[-4:]}", _mark(f"{kind}:{key}"), endpoint, secret)


def _url(address: str, allowed: frozenset[str]) -> SplitResult:
    wrong = Invalid(
        Sentence(
            zh="地址应是完整的 https:// 网址，不带用户名。",
            en="The address is a whole https:// URL without a user name.",
        ),
        field="address",
    )
    if (
        not address.isascii()
        or any(sign <= " " for sign in address)
        or len(address) > _LONGEST
        or "\\" in address
    ):
        raise wrong
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError as error:
        raise wrong from error
    if (
        not url.hostname
        or url.username is not None
        or url.fragment
        or url.scheme not in {"https", "http"}
        or port == 0
    ):
        raise wrong
    if _is_allowed(url, allowed):
        return url
    if url.scheme != "https":
        raise wrong
    if _is_private(url.hostname):
        raise Invalid(
            Sentence(zh="不能使用内部网络的地址。", en="Addresses of internal networks cannot be used."),
            field="address",
        )
    return url


def _is_allowed(url: SplitResult, allowed: frozenset[str]) -> bool:
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.hostname in allowed or f"{url.hostname}:{port}" in allowed


def _is_private(host: str) -> bool:
    """Whether the host is written as such an address; names are looked up when something is sent."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host


def _mark(text: str) -> str:
    return blake2s(text.encode(), digest_size=16).hexdigest()
