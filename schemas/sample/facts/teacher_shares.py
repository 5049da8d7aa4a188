"""How teachers divide by degree and subject: shares in percent, by stage."""

from __future__ import annotations

DEGREES = {
    "primary": (("master", 4), ("bachelor", 74), ("associate", 20), ("hs", 2)),
    "junior": (("master", 9), ("bachelor", 84), ("associate", 7)),
    "senior": (("phd", 0.3), ("master", 21), ("bachelor", 78.2), ("associate", 0.5)),
    "voc": (("master", 16), ("bachelor", 80), ("associate", 4)),
    "special": (("master", 6), ("bachelor", 82), ("associate", 12)),
    "kg": (("bachelor", 42), ("associate", 56), ("hs", 2)),
}
NEW_DEGREES = {"primary": (("master", 14), ("bachelor", 86)), "kg": (("bachelor", 60), ("associate", 40))}
"""Degrees of those who come new; elsewhere a fifth hold a master's."""

SUBJECTS = {
    "primary": (
        ("chinese", 35), ("math", 23.5), ("foreign", 8.5), ("morality", 4.5), ("science", 4.5), ("it", 2.5),
        ("pe", 9.0),
        ("arts", 0.5), ("music", 4.6), ("fine_art", 4.5), ("labor", 0.9), ("practice", 0.7), ("psych", 0.8),
        ("other", 0.6), ("not_teaching", 0.8),
    ),
    "junior": (
        ("chinese", 18), ("math", 17.5), ("foreign", 16.5), ("morality", 6), ("history", 5.5), ("geography", 4),
        ("biology", 4), ("physics", 6.5), ("chemistry", 3.8), ("it", 2.4), ("pe", 7.8), ("arts", 0.3), ("music", 3.2),
        ("fine_art", 3.1), ("labor", 0.6), ("psych", 0.8), ("other", 0.5), ("not_teaching", 0.7),
    ),
    "senior": (
        ("chinese", 15.5), ("math", 16), ("foreign", 15), ("morality", 6.5), ("history", 6.5), ("geography", 6.5),
        ("physics", 9.5), ("chemistry", 7.8), ("biology", 7), ("it", 2), ("pe", 4), ("music", 1.3), ("fine_art", 1.3),
        ("labor", 0.3), ("psych", 0.6), ("other", 0.2),
    ),
}  # fmt: skip
OTHER_SUBJECTS = (("other", 1.0),)
"""Special, vocational and attached stages do not report subjects."""
