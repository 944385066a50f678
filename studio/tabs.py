"""The window's tabs, from left to right. A new tab is one line here."""

from studio.style_tab import StyleTab
from studio.tab import Tab

TABS: tuple[type[Tab], ...] = (StyleTab,)
