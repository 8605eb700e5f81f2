"""Twenty words are enough to tell a language; its feed's claim decides next to nothing."""

import pytest

from streams.normalize.language import direction, language

SAMPLES = {
    "ar": "أكد وزير النفط أن الإنتاج سيرتفع خلال الأشهر المقبلة وأن "
    "الحكومة ماضية في تنفيذ المشاريع التي أعلنت عنها في الجنوب",
    "ckb": "وەزیری دارایی ڕایگەیاند کە مووچەی فەرمانبەران لەم هەفتەیەدا "
    "دابەش دەکرێت و کێشەکان لەگەڵ بەغدا چارەسەر دەکرێن",
    "fa": "وزیر امور خارجه در گفت‌وگو با خبرنگاران اعلام کرد که مذاکرات "
    "با کشورهای همسایه ادامه دارد و نتایج آن به زودی اعلام می‌شود",
    "ur": "وزیر خارجہ نے صحافیوں سے گفتگو کرتے ہوئے کہا کہ ہمسایہ ممالک "
    "کے ساتھ مذاکرات جاری ہیں اور ان کے نتائج جلد سامنے آئیں گے",
    "ps": "د بهرنیو چارو وزیر وویل چې له ګاونډیو هېوادونو سره خبرې روانې دي او پایلې به یې ژر اعلان شي",
    "en": "The foreign minister told reporters that talks with neighbouring countries "
    "were going on and that results would be announced soon",
    "fr": "Le ministre a déclaré aux journalistes que les discussions avec "
    "les pays voisins se poursuivent et que les résultats seront annoncés",
    "tr": "Dışişleri Bakanı gazetecilere yaptığı açıklamada komşu ülkelerle "
    "görüşmelerin devam ettiğini ve sonuçların yakında açıklanacağını söyledi",
    "de": "Der Außenminister sagte vor Journalisten, die Gespräche mit den "
    "Nachbarländern dauerten an und die Ergebnisse würden bald bekannt gegeben",
    "es": "El ministro dijo a los periodistas que las conversaciones con "
    "los países vecinos continúan y que los resultados se anunciarán pronto",
    "ru": "Министр иностранных дел заявил журналистам, что переговоры с соседними "
    "странами продолжаются и результаты будут объявлены в ближайшее время",
    "he": "שר החוץ אמר לעיתונאים כי השיחות עם המדינות השכנות נמשכות וכי התוצאות יפורסמו בקרוב",
    "zh": "外交部长对记者说，与邻国的谈判仍在继续，结果将很快公布。",
    "ja": "外務大臣は記者団に対し、近隣諸国との協議は続いており、結果は近く発表されると述べた。",
    "el": "Ο υπουργός Εξωτερικών δήλωσε στους δημοσιογράφους ότι οι συνομιλίες συνεχίζονται",
    "hy": "Արտաքին գործերի նախարարը լրագրողներին ասաց, որ բանակցությունները շարունակվում են",
}


@pytest.mark.parametrize("lang", SAMPLES)
def test_told_by_the_text_whatever_the_feed_claims(lang: str) -> None:
    for claimed in (None, "en-us", "ar", "ckb", "nonsense!!"):
        assert language(SAMPLES[lang], claimed) == lang


@pytest.mark.parametrize(
    ("text", "claimed", "lang"),
    [
        ("", None, "und"),
        ("", "ar", "ar"),
        ("12:30 - 5/6", None, "und"),
        ("هەواڵ", "ckb", "ckb"),
        ("خبر", None, "ar"),
        ("خبر", "fa", "fa"),
        ("خبر", "en", "ar"),
        ("News", "fr", "fr"),
        ("First", None, "und"),
        ("PM meets UN envoy in Geneva", "en-gb", "en"),
        ("Bakan yeni bir anlaşma için geldi", "en", "tr"),
        ("بيان", "ar-IQ", "ar"),
    ],
)
def test_next_to_nothing(text: str, claimed: str | None, lang: str) -> None:
    assert language(text, claimed) == lang


def test_most_of_a_mixed_text_decides() -> None:
    assert language(SAMPLES["ar"] + " Reuters AFP iPhone") == "ar"
    assert language(SAMPLES["en"] + " العراق بغداد") == "en"


@pytest.mark.parametrize(
    ("lang", "wanted"), [("ar", "rtl"), ("ckb", "rtl"), ("he", "rtl"), ("en", "ltr"), ("und", "ltr")]
)
def test_direction(lang: str, wanted: str) -> None:
    assert direction(lang) == wanted
