"""A numbered input with known repeats, revisions, copies, two languages and poison; written by us."""

import random
from typing import Any

import orjson

PLACES = ("بغداد", "الموصل", "البصرة", "كركوك", "الرمادي", "بعقوبة", "سامراء", "النجف")
DEEDS = ("ضبطت كدسا للعتاد", "فككت عبوة ناسفة", "أوقفت مطلوبا", "أعادت فتح طريق", "أخلت مبنى متضررا")
WHEN = ("صباح اليوم", "مساء أمس", "فجر الأحد", "ظهر الاثنين")


def story(number: int, figure: int) -> str:
    """A text that only its number makes: no two share a sentence."""
    dice = random.Random(number)
    lines = [
        f"قالت قيادة العمليات إن قوة منها {dice.choice(DEEDS)} في حي رقم {number} من مدينة "
        f"{dice.choice(PLACES)} {dice.choice(WHEN)}، وأسفر ذلك عن إصابة {figure} أشخاص.",
        *(
            f"وأضاف البيان {dice.randrange(10**6)} أن الفرقة {dice.randrange(90)} شاركت مع "
            f"{dice.choice(PLACES)} في المهمة {dice.randrange(10**6)} {dice.choice(WHEN)}."
            for _ in range(3)
        ),
    ]
    return "\n".join(lines)


def raw(number: int, source: str = "عين-1", figure: int = 3, **more: Any) -> dict[str, Any]:
    record = {
        "source_id": source,
        "source_name": source,
        "feed_url": f"https://{number % 7}.example/rss",
        "item_id": f"{source}-{number}",
        "url": f"https://{number % 7}.example/{source}/{number}",
        "title": f"خبر رقم {number} من {PLACES[number % len(PLACES)]}",
        "content_text": story(number, figure),
        "lang": "ar",
        "fetched_at": f"2026-11-21T{8 + number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
    }
    return record | more


def english(number: int) -> dict[str, Any]:
    body = f"Police in district {number} said item {number * 7919} was found near gate {number * 31}. " * 2
    text = body + "Nobody was hurt, the governor's office said, and the road was opened again at noon."
    return raw(number, "wire-en", title=f"Report {number}", content_text=text, lang="en")


def turkish(number: int) -> dict[str, Any]:
    body = (
        f"Polis {number}. mahallede {number * 7919} numaralı paketi bulduğunu açıkladı, kapı {number * 31}. "
        * 2
    )
    text = (
        body
        + "Valilik olayda kimsenin yaralanmadığını ve yolun öğle saatlerinde yeniden açıldığını bildirdi."
    )
    return raw(number, "wire-tr", title=f"{number}. haber", content_text=text, lang="tr")


def in_both_partitions(first: int, end: int) -> list[bytes]:
    """Arabic and Turkish articles: of two partitions, murmur2 gives each its own."""
    made = [(raw(number), turkish(number)) for number in range(first, end)]
    return [orjson.dumps(one) for both in made for one in both]


def numbered(count: int, seed: int = 1) -> list[bytes]:
    """`count` raw records as bytes: about 60 % new, repeats, revisions, copies, English, poison."""
    dice = random.Random(seed)
    made: list[bytes] = []
    for number in range(count):
        kind = dice.choices(
            ("new", "repeat", "revision", "copy", "english", "poison"), (58, 12, 8, 10, 8, 4)
        )[0]
        earlier = dice.randrange(number) if number else 0
        record: dict[str, Any] = raw(number)
        if kind == "repeat":
            record = raw(earlier)
        elif kind == "revision":
            record = raw(earlier, figure=4 + number)
        elif kind == "copy":
            record = raw(earlier, source="نقل-2")
        elif kind == "english":
            record = english(number)
        made.append(b'{"poison": %d' % number if kind == "poison" else orjson.dumps(record))
    return made
