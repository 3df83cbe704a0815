"""The stand-in refuses what Telegram refuses, in Telegram's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from telegram.constants import CallbackQueryLimit, InlineKeyboardButtonLimit, MessageLimit

from bot.demo.botapi import ApiReply, BotApi
from bot.demo.entities import parse_html, utf16_length
from bot.demo.params import Upload

if TYPE_CHECKING:
    from tests.demo.conftest import Clock

TOKEN = "4242:stand-in"
SANNE, OMAR = 11, 12


def buttons(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


async def send(api: BotApi, text: str = "Hoi", **more: Any) -> ApiReply:
    return await api.call("sendMessage", {"chat_id": SANNE, "text": text, **more})


async def sent_id(api: BotApi, text: str = "Hoi", **more: Any) -> int:
    reply = await send(api, text, **more)
    assert reply.body["ok"], reply.body
    return int(reply.body["result"]["message_id"])


def refused(reply: ApiReply, status: int, description: str) -> None:
    assert reply.body == {"ok": False, "error_code": status, "description": description}
    assert reply.status == status


async def test_unknown_method_and_wrong_token(api: BotApi) -> None:
    refused(await api.call("sendTelepathy", {}), 404, "Not Found")
    refused(await api.call_with_token("1:other", "getMe", {}), 401, "Unauthorized")
    assert (await api.call_with_token(TOKEN, "GETME", {})).body["result"]["is_bot"] is True


async def test_length_is_counted_in_utf16_units_after_parsing(api: BotApi) -> None:
    limit = int(MessageLimit.MAX_TEXT_LENGTH)
    markup = f"<b>{'a' * limit}</b>"
    assert (await send(api, markup, parse_mode="HTML")).body["ok"]
    assert (await send(api, "😀" * (limit // 2))).body["ok"]
    too_long = "Bad Request: message is too long"
    refused(await send(api, "a" * (limit + 1)), 400, too_long)
    refused(await send(api, "😀" * (limit // 2) + "a"), 400, too_long)
    message_id = await sent_id(api)
    refused(
        await api.call(
            "editMessageText",
            {"chat_id": SANNE, "message_id": message_id, "text": "a" * (limit + 1)},
        ),
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )


@pytest.mark.parametrize("text", ["", "  \n ", "<b> </b>"])
async def test_empty_text(api: BotApi, text: str) -> None:
    refused(await send(api, text, parse_mode="HTML"), 400, "Bad Request: message text is empty")


@pytest.mark.parametrize("method", ["sendDocument", "sendPhoto"])
async def test_files(api: BotApi, method: str) -> None:
    name = method.removeprefix("send").lower()
    file = Upload(filename="overzicht.png", size=12, mime_type="image/png")
    limit = int(MessageLimit.CAPTION_LENGTH)
    base = {"chat_id": SANNE, name: file}
    assert (await api.call(method, {**base, "caption": "a" * limit})).body["ok"]
    refused(
        await api.call(method, {**base, "caption": "a" * (limit + 1)}),
        400,
        "Bad Request: message caption is too long",
    )
    refused(
        await api.call(method, {"chat_id": SANNE}),
        400,
        f"Bad Request: there is no {name} in the request",
    )
    empty = Upload(filename="leeg.png", size=0, mime_type="image/png")
    refused(
        await api.call(method, {"chat_id": SANNE, name: empty}),
        400,
        "Bad Request: file must be non-empty",
    )
    (shown,) = api.messages(SANNE)
    assert (shown.media, shown.file_name, shown.file_size) == (name, "overzicht.png", 12)


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "Ja", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "ja"}, "inline keyboard button text must be non-empty"),
        (
            {"text": "Ja"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "Ja", "callback_data": ""},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"callback_data": "ja"}, "can't parse inline keyboard button: Can't find field \"text\""),
        (
            {"text": "Bron", "url": "http://localhost/bron"},
            "inline keyboard button URL 'http://localhost/bron' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "Bron", "url": "ftp://voorbeeld.nl"},
            "inline keyboard button URL 'ftp://voorbeeld.nl' is invalid: Unsupported URL protocol",
        ),
    ],
)
async def test_buttons(api: BotApi, button: dict[str, Any], description: str) -> None:
    # Over a form the markup arrives as JSON in a string; both ways must be checked.
    for markup in (buttons([button]), json.dumps(buttons([button]))):
        refused(await send(api, reply_markup=markup), 400, f"Bad Request: {description}")
    assert api.messages(SANNE) == []


async def test_button_data_of_exactly_64_bytes_and_too_many_buttons(api: BotApi) -> None:
    data = "x" * InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    good = {"text": "Ja", "callback_data": data}
    assert (await send(api, reply_markup=buttons([good]))).body["ok"]
    refused(
        await send(api, reply_markup=buttons([good] * 9)),
        400,
        "Bad Request: reply markup is too long",
    )
    refused(
        await send(api, reply_markup="{"),
        400,
        "Bad Request: can't parse reply keyboard markup JSON object",
    )


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a<b", "Unclosed start tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        (
            "<a href>y</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("x&nbsp;y", 'Unsupported entity "&nbsp;" at byte offset 1'),
        ("x&#0;y", 'Unsupported entity "&#0;" at byte offset 1'),
        ("x&#xD800;y", 'Unsupported entity "&#xD800;" at byte offset 1'),
    ],
)
async def test_html(api: BotApi, source: str, problem: str) -> None:
    refused(
        await send(api, source, parse_mode="HTML"),
        400,
        f"Bad Request: can't parse entities: {problem}",
    )


async def test_text_without_parse_mode_is_taken_as_it_stands(api: BotApi) -> None:
    await sent_id(api, "<b>x & y")
    assert [each.text for each in api.messages(SANNE)] == ["<b>x & y"]
    assert api.messages(SANNE)[0].html == "&lt;b&gt;x &amp; y"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("&lt;&amp;&gt;&quot;&#39;&#x27;", "<&>\"''", []),
        ("R&D &", "R&D &", []),
        ("😀<b>a</b>", "😀a", [("bold", 2, 1)]),
        ("  <b> a</b>  ", "a", [("bold", 0, 1)]),
        ("<B>a<i>b</i></B>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<b></b>a", "a", []),
        ("<a href='https://x.nl/?a=1&amp;b=2'>a</a>", "a", [("text_link", 0, 1)]),
        ("<a href='javascript:alert(1)'>a</a>", "a", []),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        (
            "kies /hulp of <code>/niet</code>",
            "kies /hulp of /niet",
            [
                ("bot_command", 5, 5),
                ("code", 14, 5),
            ],
        ),
        ("zie https://x.nl/a.", "zie https://x.nl/a.", [("url", 4, 14)]),
    ],
)
def test_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found = parse_html(source)
    assert found.text == text
    assert [(each.type, each.offset, each.length) for each in found.entities] == entities


@pytest.mark.parametrize(
    "source",
    [
        "a <b>b <i>c</i></b> d &lt; &amp; 😀 <u>e</u>",
        '<a href="https://x.nl/?a=1&amp;b=2">bron</a> <tg-spoiler>s</tg-spoiler>',
        "<blockquote>a\n<b>b</b></blockquote>",
    ],
)
def test_html_shown_says_the_same(source: str) -> None:
    assert parse_html(source).html == source
    assert parse_html(parse_html(source).html) == parse_html(source)


def test_a_link_keeps_its_address() -> None:
    (link,) = parse_html("<a href='https://x.nl/?a=1&amp;b=2'>a</a>").entities
    assert link.url == "https://x.nl/?a=1&b=2"
    assert utf16_length("a😀") == 3


async def test_not_modified(api: BotApi) -> None:
    description = (
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )
    markup = buttons([{"text": "Ja", "callback_data": "ja"}])
    message_id = await sent_id(api, "<b>Hoi</b>", parse_mode="HTML", reply_markup=markup)
    base = {"chat_id": SANNE, "message_id": message_id, "text": "<b>Hoi</b>", "parse_mode": "HTML"}
    refused(await api.call("editMessageText", {**base, "reply_markup": markup}), 400, description)
    same = {"chat_id": SANNE, "message_id": message_id, "reply_markup": markup}
    refused(await api.call("editMessageReplyMarkup", same), 400, description)
    # Another style of the same words is a change, and so is a keyboard that goes.
    changed = await api.call("editMessageText", {**base, "text": "Hoi", "reply_markup": markup})
    assert changed.body["ok"]
    assert (await api.call("editMessageText", {**base, "text": "Hoi"})).body["ok"]
    assert api.messages(SANNE)[0].buttons == ()


async def test_edit_and_delete_what_is_not_there(api: BotApi) -> None:
    base = {"chat_id": SANNE, "message_id": 999, "text": "Hoi"}
    not_there = "Bad Request: message to edit not found"
    refused(await api.call("editMessageText", base), 400, not_there)
    refused(await api.call("editMessageReplyMarkup", base), 400, not_there)
    refused(await api.call("deleteMessage", base), 400, "Bad Request: message to delete not found")
    own = api.say(SANNE, "van mij")
    refused(
        await api.call("editMessageText", {**base, "message_id": own}),
        400,
        "Bad Request: message can't be edited",
    )
    # Ids are those of one chat: a message of somebody else is not there.
    other = api.say(OMAR, "van mij")
    refused(
        await api.call("deleteMessage", {"chat_id": SANNE, "message_id": other}),
        400,
        "Bad Request: message to delete not found",
    )


async def test_delete_within_48_hours_only(api: BotApi, clock: Clock) -> None:
    first, second = await sent_id(api), await sent_id(api)
    clock.forward(hours=48)
    assert (await api.call("deleteMessage", {"chat_id": SANNE, "message_id": first})).body["ok"]
    clock.forward(seconds=1)
    refused(
        await api.call("deleteMessage", {"chat_id": SANNE, "message_id": second}),
        400,
        "Bad Request: message can't be deleted for everyone",
    )
    assert [each.message_id for each in api.messages(SANNE)] == [second]


async def test_chats_that_cannot_be_reached(api: BotApi) -> None:
    refused(
        await api.call("sendMessage", {"chat_id": 404, "text": "Hoi"}),
        400,
        "Bad Request: chat not found",
    )
    api.block(SANNE)
    refused(await send(api), 403, "Forbidden: bot was blocked by the user")
    refused(
        await api.call("sendChatAction", {"chat_id": SANNE, "action": "typing"}),
        403,
        "Forbidden: bot was blocked by the user",
    )
    api.unblock(SANNE)
    assert (await send(api)).body["ok"]
    api.add_person(13, "Fatima", started=False)
    refused(
        await api.call("sendMessage", {"chat_id": 13, "text": "Hoi"}),
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    api.say(13, "/start")
    assert (await api.call("sendMessage", {"chat_id": 13, "text": "Hoi"})).body["ok"]


async def test_replies(api: BotApi) -> None:
    refused(
        await send(api, reply_parameters={"message_id": 999}),
        400,
        "Bad Request: message to be replied not found",
    )
    lenient = {"message_id": 999, "allow_sending_without_reply": True}
    assert (await send(api, reply_parameters=lenient)).body["ok"]
    own = api.say(SANNE, "vraag")
    reply = await send(api, reply_parameters={"message_id": own})
    assert reply.body["result"]["reply_to_message"]["text"] == "vraag"


async def test_answers_to_presses(api: BotApi) -> None:
    query_id = api.press(SANNE, await sent_id(api), "ja")
    long = "a" * (CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH + 1)
    refused(
        await api.call("answerCallbackQuery", {"callback_query_id": query_id, "text": long}),
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    refused(
        await api.call("answerCallbackQuery", {"callback_query_id": "unknown"}),
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    assert api.toasts(SANNE) == []


@pytest.mark.parametrize(
    ("command", "description", "refusal"),
    [
        ("Start", "Begin", "BOT_COMMAND_INVALID"),
        ("x" * 33, "Begin", "BOT_COMMAND_INVALID"),
        ("start", " ", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("start", "x" * 257, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_commands(api: BotApi, command: str, description: str, refusal: str) -> None:
    commands = [{"command": command, "description": description}]
    refused(await api.call("setMyCommands", {"commands": commands}), 400, f"Bad Request: {refusal}")


async def test_inline_results(api: BotApi) -> None:
    query_id = api.inline(SANNE, "vto")

    def result(number: int, text: str) -> dict[str, Any]:
        content = {"message_text": text, "parse_mode": "HTML"}
        return {
            "type": "article",
            "id": str(number),
            "title": "Vto",
            "input_message_content": content,
        }

    async def answer(*results: dict[str, Any], query: str = query_id) -> ApiReply:
        return await api.call(
            "answerInlineQuery", {"inline_query_id": query, "results": list(results)}
        )

    refused(await answer(*[result(0, "a")] * 51), 400, "Bad Request: RESULTS_TOO_MUCH")
    refused(await answer(*[result(0, "a")] * 2), 400, "Bad Request: RESULT_ID_DUPLICATE")
    refused(
        await answer(result(0, "<b>")),
        400,
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    )
    refused(
        await answer(query="unknown"),
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )
    assert api.inline_results(query_id) is None
    assert (await answer(result(0, "<b>a</b>"))).body["ok"]
    results = api.inline_results(query_id)
    assert results is not None
    assert results[0]["title"] == "Vto"


async def test_webhook_and_polling_exclude_each_other(api: BotApi) -> None:
    refused(
        await api.call("setWebhook", {"url": "http://x.nl"}),
        400,
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
    )
    assert (await api.call("setWebhook", {"url": "https://x.nl/hook"})).body["ok"]
    assert (await api.call("getWebhookInfo", {})).body["result"]["url"] == "https://x.nl/hook"
    refused(
        await api.call("getUpdates", {}),
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    )
    assert (await api.call("deleteWebhook", {})).body["ok"]
    assert (await api.call("getUpdates", {})).body["result"] == []


async def test_leaving_a_group(api: BotApi) -> None:
    api.say_in_group(SANNE, -5, "hoi allemaal")
    in_group = {"chat_id": -5, "text": "Hoi"}
    assert (await api.call("sendMessage", in_group)).body["ok"]
    assert (await api.call("leaveChat", {"chat_id": -5})).body["ok"]
    gone = "Forbidden: bot is not a member of the group chat"
    refused(await api.call("sendMessage", in_group), 403, gone)
    refused(await api.call("leaveChat", {"chat_id": -5}), 403, gone)
    refused(
        await api.call("leaveChat", {"chat_id": SANNE}),
        400,
        "Bad Request: chat member status can't be changed in private chats",
    )


class TestSpeed:
    """Only with `strict_limits`; the ticks are the test's own."""

    def strict(self, clock: Clock, ticks: list[float]) -> BotApi:
        api = BotApi(TOKEN, now=clock.now, strict_limits=True, ticks=lambda: ticks[0])
        for user_id in range(1, 41):
            api.add_person(user_id, "Sanne")
        return api

    async def test_one_chat(self, clock: Clock) -> None:
        ticks = [0.0]
        api = self.strict(clock, ticks)
        hello = {"chat_id": 1, "text": "Hoi"}
        for _ in range(3):
            assert (await api.call("sendMessage", hello)).body["ok"]
        reply = await api.call("sendMessage", hello)
        assert reply.status == 429
        assert reply.body["description"] == "Too Many Requests: retry after 1"
        assert reply.body["parameters"] == {"retry_after": 1}
        ticks[0] += 1
        assert (await api.call("sendMessage", hello)).body["ok"]
        assert (await api.call("sendMessage", hello)).status == 429
        assert len(api.messages(1)) == 4

    async def test_all_chats(self, clock: Clock) -> None:
        ticks = [0.0]
        api = self.strict(clock, ticks)
        replies = [
            await api.call("sendMessage", {"chat_id": chat_id, "text": "Hoi"})
            for chat_id in range(1, 41)
        ]
        assert [each.status for each in replies] == [200] * 30 + [429] * 10
        ticks[0] += 0.5
        assert (await api.call("sendMessage", {"chat_id": 40, "text": "Hoi"})).status == 200

    async def test_edits_and_answers_do_not_count(self, clock: Clock) -> None:
        api = self.strict(clock, [0.0])
        message_id = (await api.call("sendMessage", {"chat_id": 1, "text": "0"})).body["result"][
            "message_id"
        ]
        for number in range(1, 10):
            change = {"chat_id": 1, "message_id": message_id, "text": str(number)}
            assert (await api.call("editMessageText", change)).body["ok"]
