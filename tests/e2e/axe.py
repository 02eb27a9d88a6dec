"""What axe finds on a page: the rules of accessibility that a program can check."""

import json

from playwright.sync_api import Page

from tests.e2e.running_system import ROOT
from tests.system import missing

AXE = ROOT / "handoff/web/node_modules/axe-core/axe.min.js"


def violations(page: Page) -> list[str]:
    if not AXE.exists():
        missing("axe-core (npm ci in handoff/web)")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run().then(result => JSON.stringify(result.violations))")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in json.loads(found)]
