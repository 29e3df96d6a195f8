"""A site's address finds its feed or sitemap."""

from __future__ import annotations

import pytest

from mine2magnet import reading
from mine2magnet.core.errors import UserError
from mine2magnet.model import Read
from mine2magnet.reading.fetch import Fetcher
from mine2magnet.reading.sites import is_front
from tests.reading.conftest import Article, Site

TEXT = ("Two makers of magnets said that their stock of dysprosium oxide lasts for five weeks at most.",) * 3
LINKS = "".join(
    f'<p><a href="/a/{n}">A headline of the day, number {n}, about magnets</a></p>' for n in range(9)
)


def titles(what: str, fetcher: Fetcher) -> list[str]:
    return [one.document.title for one in reading.read(what, fetcher) if isinstance(one, Read)]


def front(head: str) -> str:
    return f"<!doctype html><html><head><title>Our Wire</title>{head}</head><body>{LINKS}</body></html>"


@pytest.fixture
def story(site: Site, article: Article) -> str:
    return site.add("/a/1", article("Five weeks of magnets", TEXT))


def feed(url: str) -> str:
    item = f"<item><title>Five weeks of magnets</title><link>{url}</link></item>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Our Wire</title>{item}</channel></rss>'


def sitemap(url: str) -> str:
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{url}</loc></url></urlset>'


@pytest.mark.parametrize("kind", ["application/rss+xml", "application/atom+xml"])
def test_the_feed_that_a_page_names(site: Site, story: str, fetcher: Fetcher, kind: str) -> None:
    comments = '<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">'
    site.add("/", front(f'{comments}<link rel="alternate" type="{kind}" href="feed.xml">'))
    site.add("/feed.xml", feed(story), kind)
    site.add("/comments", feed(site.url("/c")), kind)
    assert titles(site.url("/"), fetcher) == ["Five weeks of magnets"]


def test_a_section_without_an_article_leads_to_its_feed(site: Site, story: str, fetcher: Fetcher) -> None:
    site.add("/magnets", front('<link rel="alternate" type="application/rss+xml" href="/feed.xml">'))
    site.add("/feed.xml", feed(story), "application/rss+xml")
    assert titles(site.url("/magnets"), fetcher) == ["Five weeks of magnets"]


def test_an_article_stays_one_whatever_feed_it_names(site: Site, article: Article, fetcher: Fetcher) -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    site.add("/a/2", article("Of itself", TEXT, head=head))
    assert titles(site.url("/a/2"), fetcher) == ["Of itself"]
    assert "/feed.xml" not in site.paths()


def test_else_the_sitemap_of_robots(site: Site, story: str, fetcher: Fetcher) -> None:
    site.add("/", front(""))
    site.add("/robots.txt", f"User-agent: *\nSitemap: {site.url('/maps/news.xml')}\n", "text/plain")
    site.add("/maps/news.xml", sitemap(story), "application/xml")
    assert titles(site.url("/"), fetcher) == ["Five weeks of magnets"]


def test_else_the_sitemap_where_sites_have_it(site: Site, story: str, fetcher: Fetcher) -> None:
    site.add("/", front('<link rel="alternate" type="application/rss+xml" href="/gone">'))
    site.add("/sitemap.xml", sitemap(story), "application/xml")
    assert titles(site.url("/"), fetcher) == ["Five weeks of magnets"]


def test_a_whole_site_is_not_read_at_once(site: Site, article: Article, fetcher: Fetcher) -> None:
    urls = [site.add(f"/a/{n}", article(f"Number {n}", TEXT)) for n in range(60)]
    listed = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    site.add("/", front(""))
    site.add("/sitemap.xml", f"<urlset>{listed}</urlset>", "application/xml")
    assert len(titles(site.url("/"), fetcher)) == reading.MAX_FOUND


def test_a_site_is_asked_each_time_though_its_front_stays(site: Site, story: str, fetcher: Fetcher) -> None:
    site.add(
        "/",
        front('<link rel="alternate" type="application/rss+xml" href="/feed.xml">'),
        headers={"ETag": "1"},
    )
    site.add("/feed.xml", feed(story), "application/rss+xml")
    titles(site.url("/"), fetcher)
    assert not fetcher.validators[site.url("/")].etag


def test_a_site_that_lists_nothing_says_so(site: Site, fetcher: Fetcher) -> None:
    site.add("/", front(""))
    with pytest.raises(UserError, match="no article text"):
        titles(site.url("/"), fetcher)


def test_fronts() -> None:
    assert is_front("https://news.example")
    assert is_front("https://news.example/en/")
    assert not is_front("https://news.example/?id=7")
    assert not is_front("https://news.example/about")
