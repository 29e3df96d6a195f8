"""What a page carries beside its article: notices, calls to subscribe, bylines, captions, source lists."""

from __future__ import annotations

import re

from mine2magnet.core.text import fold

# Phrases parted by " | " or lines, compared folded, so that one spelling stands for simplified, traditional
# and Japanese characters. "…" is a gap of up to 40 characters: bounded, so that no text makes matching slow.
_NOTICES = """
sign up…newsletter | subscribe…newsletter | sign up…updates | subscribe to our | register for free
register now | click here | click below | all rights reserved | terms of use | terms of service
privacy policy | uses cookies | we use cookies | accept…cookies | cookie policy | cookie settings
follow us | contact us | email us | join us on | share this article | share this story | investment advice
financial advice | for informational purposes | forward-looking statements | reporting by…editing by
first published on | first appeared in | first appeared on | photo by | photo credit | photo courtesy
image credit | image courtesy | image source | getty images | log in to | subscribers only | members only
© | copyright (c) | copyright 20 | download our app
investor enquiries | investor relations | media contact | media enquiries | listing rule | jorc code
accepts responsibility for the adequacy | statutory hold period | national instrument 4 | no assurance that
免责声明 | 本文来源 | 本文转载 | 本文首发 | 本文系 | 本文仅代表 | 转载请 | 转载须 | 转载自 | 版权归
版权所有 | 未经授权 | 未经许可 | 侵权…删 | 点击关注 | 点击阅读 | 点击查看 | 点击下方 | 点击上方 | 点击这里
点击蓝字 | 二维码 | 长按…识别 | 关注…公众号 | 关注…微信 | 关注…微博 | 阅读原文 | 阅读全文 | 投资有风险
投资需谨慎 | 构成…投资建议 | 仅供参考 | 点赞 | 评论区 | 更多精彩 | 更多资讯 | 欢迎关注 | 欢迎订阅 | 欢迎留言
欢迎点 | 下载…app | 下载…客户端 | 你怎么看 | 小编 | 责任编辑 | 资料图 | 图片来源 | 图源 | 原标题:
敬请…投资者 | 投资者理性 | 投资者注意 | 本报…整理 | 无需提交股东大会
不构成关联交易 | 重大资产重组
回答了记者提问 | 答记者问 | 概要を公表 | 業績に与える影響は軽微 | 業績に与える影響は、軽微
本报采访了 | 本报专访了 | 本报访问了 | 本刊专访了 | 本刊采访了 | 話を聞いた | を聞いた。 | に聞いた。
特此公告 | 虚假记载 | 误导性陈述 | 未经注册会计师审计
免責事項 | 無断転載 | 無断複製 | 無断使用 | 著作権は | 著作権者 | 著作権法 | 会員登録 | 会員限定
続きを読む | 関連記事 | 有料記事 | メールマガジン | メルマガ | ニュースレター | フォローする | フォローして
お問い合わせ | クッキー | 投資勧誘 | 投資助言 | この記事をシェア | この記事を共有 | 写真提供 | 画像提供
画像はイメージ | をご覧ください | をご確認ください | 将来の業績を保証するものでは
"""
# A label before a colon, or alone in a paragraph, makes the paragraph a byline, a caption or a list.
_LABELS = """
source | sources | references | further reading | read more | read also | read next | related
related stories | related articles | see also | tag | tags | topics | keywords | photo | image | caption
credit | disclaimer | editor | editors | editor's note | author | about the author
advertisement | 会社概要 | 企業概要 | 公司简介 | 企业简介
来源 | 资料来源 | 数据来源 | 信息来源 | 消息来源 | 参考资料 | 参考文献 | 作者 | 编辑 | 责编
审校 | 校对 | 撰文 | 记者 | 文 | 图 | 图片 | 标签 | 关键词 | 相关阅读 | 延伸阅读 | 推荐阅读 | 声明
出典 | 参考 | 資料 | 写真 | 画像 | 図 | 取材 | 執筆 | 編集 | 関連 | タグ
"""
_GAP = ".{0,40}"


def _alternatives(phrases: str) -> str:
    """A pattern of phrases; Latin ones stand between word boundaries."""
    listed = [p.strip() for line in phrases.splitlines() for p in line.split(" | ") if p.strip()]
    patterns = []
    for phrase in sorted(listed, key=len, reverse=True):
        pattern = _GAP.join(re.escape(fold(part)) for part in phrase.split("…"))
        before = r"\b" if phrase[0].isascii() and phrase[0].isalnum() else ""
        after = r"\b" if phrase[-1].isascii() and phrase[-1].isalpha() else ""
        patterns.append(before + pattern + after)
    return "|".join(patterns)


_NOTICE = re.compile(_alternatives(_NOTICES))
_LABEL = re.compile(
    rf"[\s*_#>【\[(-]*(?:{_alternatives(_LABELS)})[\s*_\d]*(?:[:/|=】\]]|$)|[(【\[]?(?:图为|图\d|写真=)"
)
# The paragraph in which a company describes itself at the end of its release.
_ABOUT = re.compile(r"About\s[A-Z][\w&.'’ -]{2,60}(?::|$)|关于[^，。\s]{2,20}(?:：|$)|\S{2,20}について$")
_SOURCES = re.compile(
    r"[\s*_#>]*(?:sources?|references|further reading|(?:资料)?来源|参考(?:资料|文献)?|出典)[\s*_:]*"
)
_BYLINE = re.compile(r"By\s+[A-Z][\w.'-]+(?:\s+(?:and\s+)?[A-Z][\w.'-]+){1,5}\s*")
# How currencies were converted, at the foot: ($1 = 6.91 yuan), （1ドル＝155円換算）
_RATE = re.compile(r"[(（]?\s*(?:[A-Z]{0,3}[$€£¥]\s?1|1\s?\w{1,8})\s?[=＝][^()（）。]{3,48}[)）]?[。.]?")
_URL = re.compile(r"https?://\S+|www\.\S+")

_DATE = (
    r"(?:\d{1,2}\s)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
    r"(?:\s\d{1,2})?(?:,?\s\d{2,4})?"
)
_CAPITALS = r"[A-Z\u00c0-\u00de\u1ea0-\u1ef9]"
_WIRE = rf"\((?:{_CAPITALS}[\w\ ./-]{{1,24}}|{_DATE})\)|/[A-Z][A-Za-z\ ]{{2,20}}/"
_DASH = r"(?:\s*[-–—]{1,2}\s+|\s?--\s?)"
_DATELINE = rf"""
    {_CAPITALS}[{_CAPITALS[1:-1]}\ ./'-]{{2,30}}(?:,\s(?!{_DATE})[A-Z][\w.]{{0,14}}
      (?:\s[A-Z]{{2,12}}){{0,2}}){{0,2}}
      (?:,?\s{_DATE})?\s*(?:{_WIRE})?(?:{_DASH}|:\s)(?=[A-Z“"‘\d])
    | (?:[A-Z][\w.'-]+\s?){{1,4}}(?:,\s(?!{_DATE})[A-Z]\w+)?,?\s{_DATE}\s*(?:{_WIRE})?(?:{_DASH}|:\s)
    | {_DATE}\s*(?:{_WIRE})?{_DASH} | (?:{_WIRE}){_DASH}
    | [（(](?!注|※|本発表)[^（()）。]{{1,20}}[)）](?=[\u3040-\u30ff\u3400-\u9fff])
    | [（(【〔\[][^（()）】〕\]]{{0,20}}(?:[记記]者|编辑|通讯员|[编編][译譯]|[讯訊电電=＝])
      [^（()）】〕\]]{{0,20}}[)）】〕\]]\s*
    | 【[^】。]{{1,34}}】\s*(?:[讯訊][：:，,\s]*|[-–—]\s*)?
    | [^\s，。]{{0,8}}[记記]者[\s\u3000]+[^\s，。]{{2,4}}(?:[\s\u3000]+[^\s，。]{{0,8}}
      (?:报道|報導|报导|報道))?[\s\u3000]+
    | [［〔\[＜〈][^】］〕\]＞〉，。]{{1,14}}[】］〕\]＞〉]\s*(?:[讯訊][：:，,\s]*|[-–—]\s*)?
    | [（(][^（()）]{{0,10}}(?:ロイター|ブルームバーグ|共同|時事|新华社|路透社?|彭博社?)[^（()）]{{0,10}}[)）]
      \s*[:：]?\s*
    | (?:本[社报報刊])?[^\s，。\d]{{0,12}}\d{{1,2}}月\d{{1,2}}日[电電讯訊][：:，,\s]*
    | [^\s，。\d]{{1,10}}[网網社报報刊经經][讯訊](?:[：:，,\s]+|(?=\d))
    | 本[报報台网網][讯訊]\s* | [^\s，。]{{2,12}}[社网網][^\s，。]{{0,12}}日[电電讯訊]\s*
    | [^\s，。\d]{{2,12}}\d{{1,2}}月\d{{1,2}}日(?:(?:消息|综合|综述|綜合)[：:，,\s]*|\u3000|[：:])
    | [^\s，。\d]{{2,8}}，\d{{4}}年\d{{1,2}}月\d{{1,2}}日\s*[—－-]{{1,2}}\s*
    | \d{{4}}年\d{{1,2}}月\d{{1,2}}日，[^\s，。\d]{{2,8}}[—－]{{1,2}}
"""

# What may be taken off the front of a sentence: bullets, datelines, bylines, and connectives that the rest
# can do without. An English connective goes only where a capital follows: the next word is a name.
_FRONT = re.compile(
    rf"""\s*(?:
    [-–—•·●■◆▪*※▶▼]\s+ | [■◆●▼]\S{{1,12}}[\s\u3000]+
    | (?:核心观点|核心觀點|投资要点|要点|要旨|概要|摘要|结论|結論|Key\ points?
      |Summary)\s*[:：]\s*
    | (?:\d{{1,2}}[.)、．](?!\d) | [（(]\d{{1,2}}[)）] | [①-⑳])\s*
    | [一二三四五六七八九十]{{1,2}}、(?![一二三四五六七八九十])
    | {_DATELINE}
    | [据據](?:悉|了解|介[绍紹])[，,]
    | [A-Z][\w&.'’() -]{{2,120}}?\s(?:is|are)\s(?:pleased|proud|delighted)
      \sto\s(?:announce|report|advise|confirm)\sthat\s
    | (?:答|[AＡ])\s?[:：]\s*
    | (?:Notes?\ to\ editors|编者按|編者按|点评|點評)\s?[:：]\s*
    | (?:然而|但是|不[过過]|此外|另外|(?:[与與]此)?同[时時]|因此|所以|而且|其次|首先|最[后後]|[总總]之)
      [，,]\s*
    | (?:ただし?|とはいえ|そして|むしろ|もっとも|しかし|また|さらに|一方で?|そのため|なお|加えて|だが|同時に
      |つまり)、\s*
    | (?:But|And|Yet|So)\s(?=[A-Z])
    | 但(?![是愿願])
    | 其中[，,] | これに対し(?:て)?、? | [对對]此[，,]
    | (?:However|Moreover|Furthermore|Meanwhile|Additionally|In\ addition|Also|Still|Separately),
      \s+(?=[A-Z])
    )""",
    re.VERBOSE,
)
_LAYERS = 4  # a bullet, a dateline, a byline and a connective at most


def is_paragraph(text: str) -> bool:
    """Whether the whole paragraph is boilerplate: labelled as such, a byline, or little but a link."""
    if _LABEL.match(fold(text)) or _BYLINE.fullmatch(text) or _ABOUT.match(text) or _RATE.fullmatch(text):
        return True
    return 2 * len(_URL.sub("", text).strip()) < len(text.strip())


def begins_sources(text: str) -> bool:
    """Whether the paragraph is the bare heading of a list of sources: all that follows is that list."""
    return bool(_SOURCES.fullmatch(fold(text)))


def is_sentence(text: str) -> bool:
    """Whether the sentence is a notice, a call to act, a byline or a caption."""
    folded = fold(text)
    return bool(
        _NOTICE.search(folded) or _LABEL.match(folded) or _URL.fullmatch(text) or _RATE.fullmatch(text)
    )


def front(text: str) -> int:
    """How many characters at the start of a sentence are bullet, dateline or a connective to be left out."""
    start = 0
    for _ in range(_LAYERS):
        match = _FRONT.match(text, start)
        if match is None or match.end() == len(text):
            break
        start = match.end()
    return start
