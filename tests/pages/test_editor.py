"""The tree editor in a real browser, on a real hub: what an admin does with it, by hand and by keyboard."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from screens import House

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
DIST = HERE.parent.parent / "web" / "ui" / "dist"
EVERYTHING = HERE.parent / "doubles" / "everything.yaml"
OPEN = Callable[..., Awaitable[Page]]
DESK = """
name: 受付
languages: [ja, en]
start: hello
person: message
nodes:
  hello:
    say: {ja: お電話ありがとうございます。, en: Thank you for calling.}
    next: sure
  # asked of everybody
  sure:
    ask: {ja: ご予約ですか。, en: Is it about a booking}
    slot: yesno
    yes: bye
    no: message
  bye:
    goodbye: {ja: 失礼いたします。, en: Goodbye.}
  message:
    voicemail: {ja: ご伝言をどうぞ。, en: Please leave a message.}
"""

LEARNING = 30_000
"""Milliseconds at most until a tree that nobody has tried yet has learnt what is meant in it."""


@pytest.fixture
def editor(house: House, phone: Any) -> OPEN:
    """Opens the editor as an admin: the list, or a tree made of this source."""
    assert (DIST / "index.html").is_file(), "the page is not built: make build"
    house.editor.symlink_to(DIST)

    async def opened(source: str = "", *, session: str = "", tree: str = "", **options: Any) -> Page:
        if source:
            tree = await made(house, source)
        options = {"width": 1280, "height": 800, **options}
        return await phone(f"/editor/{tree}".rstrip("/"), session=session or await house.admin(), **options)

    return opened


async def made(house: House, source: str) -> str:
    async with contextlib.aclosing(await house.caller()) as admin:
        answer = await admin.post("/api/trees", json={"source": source})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


async def draft(house: House, page: Page) -> dict[str, Any]:
    async with contextlib.aclosing(await house.caller()) as admin:
        found: dict[str, Any] = (await admin.get(f"/api/trees/{tree_of(page)}/draft")).json()
        return found


def tree_of(page: Page) -> str:
    return page.url.rstrip("/").rpartition("/")[2]


async def saved(page: Page) -> None:
    await expect(page.locator("[data-saving]")).to_have_attribute("data-saving", "saved")


async def row(page: Page, name: str) -> None:
    await page.get_by_role("treeitem").filter(has=page.locator(f"code.name:text-is('{name}')")).click()


async def test_by_keyboard_alone_a_tree_is_made_changed_mended_tried_kept_as_test_and_published(house, editor) -> None:
    page = await editor(locale="ja-JP")
    keys = page.keyboard
    await expect(page.get_by_role("heading", name="ガイダンスの一覧")).to_be_visible()
    await tab_to(page, "新しく作る")
    await keys.press("Enter")
    await expect(page.locator("dialog input:checked")).to_be_focused()
    await tab_to(page, "作成する")
    await keys.press("Enter")
    tree = page.get_by_role("tree")
    await expect(tree).to_be_visible()
    await tab_to(page, "ノードのアウトライン")

    # change a text
    await keys.press("Home")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    words = page.get_by_label("文言 日本語")
    await expect(words).to_be_focused()
    await keys.press("Control+End")
    await keys.type("ご用件を承ります。")
    await saved(page)

    # add a node, whose missing words are a problem, and mend it
    await keys.press("Escape")
    await expect(tree).to_be_focused()
    await keys.press("n")
    await expect(page.locator("dialog input:checked")).to_be_focused()
    await tab_to(page, "ノード名")
    await keys.type("notice")
    await keys.press("Enter")
    await expect(page.locator("#tab-problems .chip")).to_be_visible()
    await expect(words).to_be_focused()
    await keys.type("お知らせです。")
    await tab_to(page, "文言 英語")
    await keys.type("A notice.")
    await expect(page.locator("#tab-problems .chip")).to_have_count(0)
    await saved(page)

    # try it, and keep that as a test
    await keys.press("Alt+6")
    await expect(page.locator("#tab-try")).to_be_focused()
    await tab_to(page, "電話をかける")
    await keys.press("Enter")
    talk = page.get_by_role("log")
    await expect(talk).to_contain_text("ご用件を承ります。", timeout=LEARNING)
    await expect(talk).to_contain_text("お知らせです。")
    await expect(page.get_by_label("話す言葉・番号")).to_be_focused()
    await keys.type("0")
    await keys.press("Enter")
    await expect(talk.locator("li.caller")).to_have_count(1)
    await tab_to(page, "テストとして保存")
    await keys.press("Enter")
    await expect(page.get_by_label("テストの名前")).to_be_focused()
    await keys.type("担当者へ")
    await keys.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="保存しました")).to_be_visible()

    # publish it to all
    await keys.press("Alt+7")
    await tab_to(page, "すべて実行")
    await keys.press("Enter")
    await expect(page.get_by_text("1 件中 1 件成功")).to_be_visible()
    await tab_to(page, "公開する", back=True)
    await keys.press("Enter")
    await expect(page.locator("dialog")).to_be_visible()
    await keys.press("ArrowDown")
    await tab_to(page, "公開する")
    await keys.press("Enter")
    await expect(page.locator("#tab-versions")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_text("第 1 版", exact=True)).to_be_visible()
    assert [one.share for one in await house.versions.of(tree_of(page))] == [100]
    assert (await draft(house, page))["tree"]["nodes"]["greeting"]["next"] == "notice"


async def tab_to(page: Page, name: str, back: bool = False) -> None:
    """Goes on with the tab key until what has the focus is called so."""
    for _ in range(90):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
        called = await page.evaluate(
            """() => { const one = document.activeElement;
                const labels = [...(one.labels ?? [])].map((label) => label.textContent);
                return [one.getAttribute("aria-label") ?? "", one.textContent, ...labels]
                    .map((text) => text.replace(/\\s+/g, " ").trim()); }"""
        )
        if any(text.startswith(name) or text.endswith(name) for text in called):
            return
    raise AssertionError(f"nothing called {name} takes the focus")


async def test_a_change_is_with_the_hub_before_the_page_says_so_and_comments_stay(house, editor) -> None:
    page = await editor(DESK)
    await row(page, "hello")
    await page.get_by_label("文言 日本語").fill("受付でございます。")
    await expect(page.locator("[data-saving]")).not_to_have_attribute("data-saving", "saved")
    await saved(page)
    found = await draft(house, page)
    assert found["tree"]["nodes"]["hello"]["say"]["ja"] == "受付でございます。"
    assert "# asked of everybody" in found["source"]
    await page.reload()
    await row(page, "hello")
    await expect(page.get_by_label("文言 日本語")).to_have_value("受付でございます。")


async def test_what_cannot_be_sent_is_kept_through_a_reload_and_sent_later(house, editor) -> None:
    page = await editor(DESK)
    await page.route("**/draft", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    await row(page, "bye")
    await page.get_by_label("文言 日本語").fill("またどうぞ。")
    await expect(page.locator("[data-saving]")).to_have_attribute("data-saving", "offline")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.reload()
    await expect(page.get_by_text("保存前の変更を復元しました。")).to_be_visible()
    await row(page, "bye")
    await expect(page.get_by_label("文言 日本語")).to_have_value("またどうぞ。")
    await page.unroute("**/draft")
    await page.keyboard.press("Control+s")
    await saved(page)
    assert (await draft(house, page))["tree"]["nodes"]["bye"]["goodbye"]["ja"] == "またどうぞ。"


async def test_the_second_of_two_admins_is_told_what_changed_and_neither_loses_anything(house, editor) -> None:
    first = await editor(DESK)
    second = await editor(tree=tree_of(first), session=await house.user("admin", "suzuki"))
    await row(first, "hello")
    await first.get_by_label("文言 日本語").fill("一人目の挨拶です。")
    await saved(first)
    await row(second, "bye")
    await second.get_by_label("文言 日本語").fill("二人目の挨拶です。")
    dialog = second.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("admin")
    await expect(dialog).to_contain_text("一人目の挨拶です。")
    await expect(dialog).to_contain_text("二人目の挨拶です。")
    await dialog.get_by_role("button", name="この内容でまとめる").click()
    await saved(second)
    nodes = (await draft(house, second))["tree"]["nodes"]
    assert nodes["hello"]["say"]["ja"] == "一人目の挨拶です。"
    assert nodes["bye"]["goodbye"]["ja"] == "二人目の挨拶です。"


async def test_where_both_changed_the_same_node_the_admin_chooses(house, editor) -> None:
    first = await editor(DESK)
    second = await editor(tree=tree_of(first), session=await house.user("admin", "suzuki"))
    for page, words in ((first, "一人目。"), (second, "二人目。")):
        await row(page, "hello")
        await page.get_by_label("文言 日本語").fill(words)
        if page is first:
            await saved(first)
    dialog = second.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("両方で変更")
    await dialog.get_by_label("相手の変更").check()
    await dialog.get_by_role("button", name="この内容でまとめる").click()
    await saved(second)
    assert (await draft(house, second))["tree"]["nodes"]["hello"]["say"]["ja"] == "一人目。"


async def test_a_removed_node_is_led_around_and_comes_back_by_undo(house, editor) -> None:
    page = await editor(DESK)
    await row(page, "hello")
    await page.get_by_role("tree").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Delete")
    await expect(page.locator("code.name:text-is('sure')")).to_have_count(0)
    await page.get_by_role("button", name="元に戻す").last.click()
    await expect(page.locator("code.name:text-is('sure')")).to_have_count(1)
    await saved(page)
    before = (await draft(house, page))["source"]
    await page.keyboard.press("Control+z")
    await expect(page.get_by_text("元に戻す操作はありません。")).to_be_visible()
    assert (await draft(house, page))["source"] == before


async def test_a_target_that_is_not_there_yet_is_made_on_the_spot(house, editor) -> None:
    page = await editor(DESK)
    await row(page, "sure")
    target = page.get_by_role("combobox", name="「はい」のとき")
    await target.click()
    await target.fill("thanks")
    await target.press("Enter")
    await saved(page)
    nodes = (await draft(house, page))["tree"]["nodes"]
    assert nodes["sure"]["yes"] == "thanks"
    assert "say" in nodes["thanks"]


async def test_every_kind_of_node_can_be_looked_at_without_changing_anything(house, editor, phone) -> None:
    page = await editor(EVERYTHING.read_text("utf-8"))
    before = await draft(house, page)
    parts = before["tree"]["subtrees"]
    for name in [*before["tree"]["nodes"], *parts["verify"]["nodes"]]:
        await page.get_by_label("ノードを検索").fill(name)
        await row(page, name)
        await expect(page.locator(".inspector header code")).to_have_text(name)
        await expect(page.locator(".inspector header h2")).not_to_contain_text("不明")
        await page.eval_on_selector_all(".inspector details", "all => all.forEach((one) => { one.open = true; })")
    assert await draft(house, page) == before
    assert phone.complaints == []


async def test_options_are_moved_by_keyboard_and_keep_what_they_hold(house, editor) -> None:
    page = await editor(EVERYTHING.read_text("utf-8"))
    await row(page, "matter")
    await page.get_by_role("button", name="口座 を移動").focus()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(page.get_by_text("2 番目に移動しました。")).to_be_visible()
    await saved(page)
    options = (await draft(house, page))["tree"]["nodes"]["matter"]["options"]
    assert [one["id"] for one in options][:2] == ["booking", "account"]
    assert options[1]["words"] == {"ja": ["口座のこと"], "en": ["my account"]}


async def test_on_the_canvas_a_line_is_drawn_by_dragging_and_a_place_is_kept(house, editor) -> None:
    page = await editor(DESK)
    await page.get_by_role("tab", name="キャンバス").click()
    boxes = page.locator(".svelte-flow__node")
    await expect(boxes).to_have_count(4)
    from_, to = (
        page.locator("[data-nodeid=sure][data-handleid=yes]"),
        page.locator("[data-nodeid=message][data-handleid=in]"),
    )
    await drag(page, from_, to)
    await saved(page)
    assert (await draft(house, page))["tree"]["nodes"]["sure"]["yes"] == "message"
    bye = page.locator(".svelte-flow__node[data-id=bye]")
    before = await bye.bounding_box()
    assert before
    await page.mouse.move(before["x"] + 60, before["y"] + 12)
    await page.mouse.down()
    await page.mouse.move(before["x"] + 90, before["y"] + 80, steps=5)
    await page.mouse.up()
    await saved(page)
    spot = (await draft(house, page))["layout"]["bye"]
    await page.reload()
    await page.get_by_role("tab", name="キャンバス").click()
    await expect(boxes).to_have_count(4)
    assert (await draft(house, page))["layout"]["bye"] == spot


async def drag(page: Page, from_: Any, to: Any) -> None:
    start, end = await from_.bounding_box(), await to.bounding_box()
    await page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    await page.mouse.up()


async def test_yaml_that_cannot_be_read_is_told_with_its_line_and_what_was_sound_stays(house, editor) -> None:
    page = await editor(DESK)
    await page.get_by_role("tab", name="YAML").click()
    field = page.get_by_role("textbox", name="YAML")
    await field.fill(DESK + "  broken: [\n")
    await expect(page.locator(".source .note")).to_contain_text("line")
    assert "broken" not in (await draft(house, page))["source"]
    await field.fill(DESK.replace("受付", "総合受付"))
    await saved(page)
    await expect(page.locator("h1")).to_have_text("総合受付")
    assert (await draft(house, page))["source"] == DESK.replace("受付", "総合受付")


async def test_a_problem_leads_to_its_node_and_the_failing_path_is_shown(editor) -> None:
    page = await editor(DESK.replace("    no: message\n", "    no: message\n    label: {ja: 予約}\n"))
    await page.get_by_role("tab", name="問題").click()
    problem = page.locator("#panel li button").first
    await expect(problem).to_contain_text("sure")
    await problem.click()
    await expect(page.locator(".inspector header code")).to_have_text("sure")
    await expect(page.locator(".row.on-trail")).to_have_count(2)


async def test_publishing_is_refused_while_there_are_problems_and_says_which(house, editor) -> None:
    page = await editor(DESK.replace("    no: message\n", "    no: nowhere\n"))
    await page.get_by_role("button", name="公開する").click()
    await page.locator("dialog").get_by_role("button", name="公開する").click()
    await expect(page.locator("dialog [role=alert]")).to_contain_text("sure")
    assert await house.versions.of(tree_of(page)) == []


async def test_a_version_goes_to_some_calls_then_to_all_and_is_rolled_back_in_one_click(house, editor) -> None:
    page = await editor(DESK)
    await page.get_by_role("button", name="公開する").click()
    await page.get_by_label("変更の内容（任意）").fill("はじめの版")
    await page.locator("dialog").get_by_role("button", name="公開する").click()
    await expect(page.get_by_text("通話の 10%")).to_be_visible()
    await page.get_by_role("button", name="すべての通話に公開").click()
    await expect(page.get_by_text("公開中", exact=True)).to_be_visible()
    assert [(one.share, one.live) for one in await house.versions.of(tree_of(page))] == [(100, True)]
    await page.get_by_role("button", name="前の版に戻す").click()
    await page.get_by_role("button", name="戻す", exact=True).click()
    await expect(page.get_by_text("に戻しました。取り消すには")).to_be_visible()
    assert [one.live for one in await house.versions.of(tree_of(page))] == [False]


async def test_an_auditor_reads_everything_and_changes_nothing(house, editor) -> None:
    tree = await made(house, DESK)
    page = await editor(tree=tree, session=await house.user("auditor"))
    await expect(page.get_by_text("閲覧のみ")).to_be_visible()
    await row(page, "hello")
    await expect(page.get_by_label("文言 日本語")).to_be_disabled()
    await page.get_by_role("tree").focus()
    await page.keyboard.press("Delete")
    await expect(page.locator("code.name:text-is('hello')")).to_have_count(1)
    await expect(page.get_by_role("button", name="公開する")).to_have_count(0)


async def test_words_that_are_markup_stay_words(editor, phone) -> None:
    hostile = json.dumps("<img src=x onerror=document.title='caught'>")
    page = await editor(DESK.replace("失礼いたします。", hostile))
    await row(page, "bye")
    for view in ("キャンバス", "YAML", "アウトライン"):
        await page.get_by_role("tab", name=view).click()
        await expect(page.get_by_role("main")).to_contain_text("onerror")
    assert await page.locator("img").count() == 0
    assert "caught" not in await page.title()
    assert phone.complaints == []


async def test_of_500_nodes_only_those_in_sight_are_drawn(editor) -> None:
    page = await editor(many(500))
    await expect(page.get_by_role("tree")).to_be_visible()
    await expect(page.get_by_role("treeitem").first).to_be_visible()
    assert await page.get_by_role("treeitem").count() < 60
    await page.get_by_role("tree").focus()
    await page.keyboard.press("End")
    await expect(page.locator("code.name:text-is('bye')")).to_be_visible()
    await page.get_by_role("tab", name="キャンバス").click()
    await expect(page.locator(".svelte-flow__node").first).to_be_visible()
    assert await page.locator(".svelte-flow__node").count() < 120


def many(count: int) -> str:
    """A tree of so many nodes: menus of eight, each answer a row of three."""
    nodes: list[str] = []
    menus = count // 25
    for menu in range(menus):
        options = []
        for option in range(8):
            first = f"n{menu}_{option}"
            label = f"{{ja: 用件{menu}の{option}, en: matter {menu} {option}}}"
            options.append(f"      - {{id: o{option}, key: '{option + 1}', label: {label}, next: {first}_0}}")
            for step in range(3):
                after = f"{first}_{step + 1}" if step < 2 else (f"m{menu + 1}" if menu + 1 < menus else "bye")
                words = f"{{ja: 用件{menu}の{option}について、{step}つ目の案内です。, en: Notice {step}.}}"
                nodes.append(f"  {first}_{step}:\n    say: {words}\n    next: {after}")
        nodes.append(
            f"  m{menu}:\n    menu: {{ja: ご用件は。, en: What is it about.}}\n    options:\n" + "\n".join(options)
        )
    head = "name: 大きな窓口\nlanguages: [ja, en]\nstart: m0\nperson: message\nnodes:\n"
    tail = (
        "\n  bye:\n    goodbye: {ja: 失礼いたします。, en: Goodbye.}"
        "\n  message:\n    voicemail: {ja: ご伝言を。, en: A message.}\n"
    )
    return head + "\n".join(nodes) + tail


async def test_what_is_spoken_into_the_microphone_is_heard_and_answered(house, free_port) -> None:
    house.editor.symlink_to(DIST)
    tree = await made(house, DESK)
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        context = await browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 800})
        await context.add_cookies([{"name": "denwaban_session", "value": await house.admin(), "url": house.url}])
        page = await context.new_page()
        await page.goto(f"{house.url}/editor/{tree}")
        await page.locator("#tab-try").click()
        await page.get_by_role("button", name="電話をかける").click()
        await expect(page.get_by_role("log")).to_contain_text("ご予約ですか。", timeout=LEARNING)
        await page.get_by_role("button", name="マイクで話す").click()
        await page.get_by_role("button", name="話し終える").click()
        # The house's ear hears how many seconds there were.
        await expect(page.locator("li.caller")).to_have_text(re.compile(r"[\d.]+"))
        await browser.close()
