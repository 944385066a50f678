"""The window's tabs, from left to right. A new tab is one line here."""

from studio.cyclegan_tab import CycleGanTab
from studio.noise_tab import NoiseTab
from studio.style_tab import StyleTab
from studio.tab import Tab
from studio.teach_tab import TeachTab

TABS: tuple[type[Tab], ...] = (StyleTab, NoiseTab, CycleGanTab, TeachTab)
