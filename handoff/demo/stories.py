"""Which of the demo's customers are shown: one for each of six stories, in their order."""

from collections.abc import Sequence

from billing.demo_data import DemoStory

SHOWN_STORIES = ("discount_ended", "extra_usage", "plan_change", "late_payment", "duplicate_charge", "cheaper_plan")


def shown_stories(stories: Sequence[DemoStory]) -> list[DemoStory]:
    first = {story.story: story for story in reversed(stories)}
    return [first[name] for name in SHOWN_STORIES if name in first]
