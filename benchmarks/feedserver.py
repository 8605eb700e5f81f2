"""Many feeds on loopback, a host for each of them: `python -m benchmarks.feedserver ITEMS` prints its port.

Feed N stands at `/N` and has ITEMS (20) Arabic items with dates, 10 kB, and an ETag. Each minute brings a new
item to every tenth feed. It answers 304 where the ETag is the one it gave.
"""

import socket
import sys
import time

from aiohttp import web

WORDS = (
    "أعلنت وزارة الداخلية في بغداد اليوم أن القوات الأمنية انتشرت في أحياء المدينة بعد الانفجار الذي وقع أمس"
)
ITEMS = 20


def edition(number: int) -> int:
    """Give how many new items feed `number` has had by now: one every ten minutes."""
    return (int(time.time() // 60) - number) // 10


def feed(number: int, added: int, items: int = ITEMS) -> bytes:
    inside = "".join(
        f"<item><title>خبر {one} من المصدر {number}</title><link>https://s{number}.example/news/{one}</link>"
        f"<guid>https://s{number}.example/?p={one}</guid>"
        f"<pubDate>Sat, 21 Nov 2026 08:{one % 60:02}:00 GMT</pubDate>"
        f"<description>{WORDS} {one}</description></item>"
        for one in range(added, added + items)
    )
    head = f"<title>مصدر {number}</title><link>https://s{number}.example/</link>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{inside}</channel></rss>'.encode()


async def answer(request: web.Request) -> web.Response:
    number = int(request.match_info["number"])
    added = edition(number)
    tag = f'"{number}-{added}"'
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers={"ETag": tag})
    body = feed(number, added, request.app["items"])
    return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": tag})


def host(number: int) -> str:
    """Give the loopback address of feed `number`: none has to wait for another's turn."""
    return f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"


async def ready(app: web.Application) -> None:
    print(app["port"], flush=True)


def main() -> None:
    listener = socket.create_server(("0.0.0.0", 0), backlog=1024)
    app = web.Application()
    app["items"] = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    app["port"] = listener.getsockname()[1]
    app.router.add_get("/{number:\\d+}", answer)
    app.on_startup.append(ready)
    web.run_app(app, sock=listener, print=None, access_log=None)


if __name__ == "__main__":
    main()
