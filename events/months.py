"""Month and weekday names as feeds write them, folded as `dates` folds: lower case, no hamza, no vowels.

Sources: Unicode CLDR 46 (ar, ar-SY, ar-IQ, ar-TN, ar-MA, en, fr, fa, ckb, tr: wide, abbreviated); the three
Arabic sets also in wanasit/chrono#656; abbreviations كانون 2, ت1 in scrapinghub/dateparser#1038.
"""

# Twelve columns, January first; "|" parts spellings of one month.
_MONTHS = (
    # English, RFC 5322 section 3.3 and in full
    "jan|january feb|february mar|march apr|april may jun|june jul|july aug|august "
    "sep|sept|september oct|october nov|november dec|december",
    # French
    "janv|janvier fevr|fevrier mars avr|avril mai juin juil|juillet aout septembre octobre novembre decembre",
    # Turkish
    "ocak|oca subat|sub mart nisan|nis mayis haziran|haz temmuz|tem agustos|agu eylul|eyl ekim|eki kasim|kas "
    "aralik|ara",
    # Egypt, Gulf
    "يناير فبراير مارس ابريل مايو يونيو|يونيه يوليو|يوليه اغسطس سبتمبر اكتوبر نوفمبر ديسمبر",
    # Iraq, Levant; the shared names with their ordinal, see SHARED
    "كانون2 شباط اذار نيسان ايار حزيران تموز اب ايلول تشرين1 تشرين2 كانون1",
    # Algeria, Tunisia
    "جانفي فيفري مارس افريل ماي جوان جويليه|جويليا اوت سبتمبر اكتوبر نوفمبر ديسمبر",
    # Morocco
    "يناير فبراير مارس ابريل ماي يونيو يوليوز غشت شتنبر اكتوبر نونبر دجنبر",
    # Persian and Sorani names of the Gregorian months
    "ژانويه فوريه مارس اوريل مه ژوين ژوييه اوت سپتامبر اكتبر نوامبر دسامبر",
    "كانون2 شوبات ازار نيسان ايار حوزەيران تەمموز اب ايلول تشرين1 تشرين2 كانون1",
)

MONTHS: dict[str, int] = {
    name: number
    for row in _MONTHS
    for number, names in enumerate(row.split(), start=1)
    for name in names.split("|")
}

SHARED = {
    "كانون": "كانون",
    "تشرين": "تشرين",
    "ك": "كانون",
    "ت": "تشرين",
    "كانوني": "كانون",
    "تشريني": "تشرين",
}
"""The two names that two months share, as written: which is meant says the ordinal that follows."""

ORDINALS = {
    **dict.fromkeys(["الاول", "اول", "1", "يەكەم"], "1"),
    **dict.fromkeys(["الثاني", "ثاني", "2", "دووەم"], "2"),
}

WEEKDAYS = frozenset(
    "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday "
    "lun lundi mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche "
    "pazartesi sali carsamba persembe cuma cumartesi pazar "
    "السبت الاحد الاثنين الاتنين الثلاثاء الثلثاء الاربعاء الخميس الجمعه "
    "سبت احد اثنين ثلاثاء اربعاء خميس جمعه شنبه يكشنبه دوشنبه چهارشنبه".split()
)

# Monday 0, as datetime counts; the names that datelines and "today, Wednesday" hold.
_WEEK = (
    "mon|monday|الاثنين|الاتنين|اثنين|lundi|pazartesi tue|tues|tuesday|الثلاثاء|الثلثاء|ثلاثاء|mardi|sali "
    "wed|wednesday|الاربعاء|اربعاء|mercredi|carsamba thu|thur|thurs|thursday|الخميس|خميس|jeudi|persembe "
    "fri|friday|الجمعه|جمعه|vendredi|cuma sat|saturday|السبت|سبت|samedi|cumartesi "
    "sun|sunday|الاحد|احد|dimanche|pazar"
)
WEEKDAY_NUMBERS: dict[str, int] = {
    name: number for number, names in enumerate(_WEEK.split()) for name in names.split("|")
}

FILLERS = frozenset(
    "اليوم يوم في الساعه بتاريخ و ميلادي ميلاديه نشر تاريخ at on the of le a st nd rd th er".split()
)
"""Words that a date line holds beside the date, and that change nothing in it."""

# Names of zones whose offset is one and only one; not IST (India, Ireland, Israel). American ones: RFC 5322
# section 4.3. AST is Arabia's in what this program reads (feedparser's UTC-4 is 7 hours off).
ZONES: dict[str, float] = {
    **dict.fromkeys("gmt ut utc z wet".split(), 0),
    **dict.fromkeys("bst cet west".split(), 1),
    **dict.fromkeys("cest eet sast cat".split(), 2),
    **dict.fromkeys("ast eest msk trt eat".split(), 3),
    **dict.fromkeys("gst".split(), 4),
    **dict.fromkeys("pkt".split(), 5),
    **dict.fromkeys("jst kst".split(), 9),
    "irst": 3.5,
    "edt": -4,
    "est": -5,
    "cst": -6,
    "cdt": -5,
    "mdt": -6,
    "mst": -7,
    "pdt": -7,
    "pst": -8,
    "غرينتش": 0,
    "جرينتش": 0,
    "بغداد": 3,
    "مكه": 3,
    "السعوديه": 3,
    "الرياض": 3,
    "الكويت": 3,
    "قطر": 3,
    "الامارات": 4,
    "ابوظبي": 4,
}
ZONE_WORDS = frozenset("بتوقيت توقيت المكرمه".split())
AM = frozenset("am ص صباحا فجرا".split())
PM = frozenset("pm م مساء ظهرا عصرا".split())
