"""Browsers and devices in plain words, out of what a browser calls itself."""

from typing import Final

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In the order in which they are looked for: many call themselves by the names of others, too."""
DEVICES: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "ponsel atau tablet Android"),
    ("Windows", "komputer Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "komputer Mac"),
    ("Linux", "komputer Linux"),
)


def device(agent: str) -> str:
    """Chrome di komputer Windows; Peramban lain where nothing of it is known."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "Peramban lain")
    place = next((name for mark, name in DEVICES if mark in agent), None)
    return f"{browser} di {place}" if place else browser
