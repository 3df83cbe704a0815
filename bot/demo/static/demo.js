"use strict";

// The page asks the server for the state and draws it. It keeps nothing of its own but what belongs
// to this window: who is chosen, which toasts were shown, and which buttons still wait.
// Message text is drawn with DOM nodes only; nothing here reads HTML from a string.

const RETRY_AFTER_MS = 1500;
const TOAST_MS = 3500;
const SPINNER_MS = 8000;
const NEAR_BOTTOM_PX = 90;

const byId = (id) => document.getElementById(id);
const view = {
  people: byId("people"),
  subtitle: byId("chat-subtitle"),
  phoneClock: byId("phone-clock"),
  offline: byId("offline"),
  chat: byId("chat"),
  empty: byId("empty"),
  messages: byId("messages"),
  jump: byId("jump"),
  toast: byId("toast"),
  menuButton: byId("menu-button"),
  menuPanel: byId("menu-panel"),
  menuList: byId("menu-list"),
  chips: byId("chips"),
  composer: byId("composer"),
  input: byId("invoer"),
  composerError: byId("composer-error"),
  clock: document.querySelector(".clock"),
  clockNow: byId("clock-now"),
  clockToggle: byId("clock-toggle"),
  clockControls: byId("clock-controls"),
  clockForm: byId("clock-form"),
  clockTo: byId("clock-to"),
  clockStatus: byId("clock-status"),
  clockError: byId("clock-error"),
  alert: byId("alert"),
  alertText: byId("alert-text"),
};

let person = Number(location.hash.slice(1)) || null;
let version = -1;
let botUsername = "";
let polling = new AbortController();
let drawn = new Map(); // message id -> { node, signature }
let lastDrawnId = 0;
let shownToasts = null; // number of the last toast shown; null until the first state of a person
let waiting = new Map(); // query id -> button that still turns
let commandsDrawn = "";
let chipsDrawn = "";
let toastTimer = 0;
const drafts = new Map(); // person -> text that was typed and not sent

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function button(className, text) {
  const node = element("button", className, text);
  node.type = "button";
  return node;
}

// --- Talking to the server -------------------------------------------------------------------

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || "Dat lukte niet. Probeer het opnieuw.");
  return answer;
}

function sentence(error) {
  return error instanceof TypeError ? "Geen verbinding met het programma." : error.message;
}

async function poll() {
  while (true) {
    const controller = polling;
    try {
      const query = new URLSearchParams({ after: String(version) });
      if (person !== null) query.set("person", String(person));
      const response = await fetch(`/api/state?${query}`, { signal: controller.signal });
      if (response.status === 404 && person !== null) {
        // The person in the address is not part of this demo: take the first, as the server does.
        person = null;
        version = -1;
        continue;
      }
      if (!response.ok) throw new Error(String(response.status));
      const state = await response.json();
      if (controller === polling) draw(state);
      view.offline.hidden = true;
    } catch {
      if (controller !== polling) continue;
      view.offline.hidden = false;
      // The program may have been started anew, with lower numbers.
      version = -1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

function choosePerson(id) {
  if (id === person) return;
  drafts.set(person, view.input.value);
  person = id;
  version = -1;
  shownToasts = null;
  lastDrawnId = 0;
  drawn = new Map();
  waiting = new Map();
  view.messages.replaceChildren();
  view.jump.hidden = true;
  hideToast();
  closeMenu();
  setInput(drafts.get(id) || "");
  history.replaceState(null, "", `#${id}`);
  for (const each of view.people.querySelectorAll(".person")) {
    each.setAttribute("aria-current", String(Number(each.dataset.userId) === id));
  }
  polling.abort();
  polling = new AbortController();
}

async function say(text) {
  showComposerError("");
  try {
    await post("/api/say", { person, text });
    return true;
  } catch (error) {
    showComposerError(sentence(error));
    return false;
  }
}

async function press(messageId, data, key) {
  if (key.getAttribute("aria-busy") === "true") return;
  key.setAttribute("aria-busy", "true");
  const stop = () => key.removeAttribute("aria-busy");
  try {
    const { query_id: queryId } = await post("/api/press", { person, message_id: messageId, data });
    waiting.set(queryId, stop);
    setTimeout(stop, SPINNER_MS);
  } catch (error) {
    stop();
    showToast(sentence(error));
  }
}

// --- Drawing ---------------------------------------------------------------------------------

function draw(state) {
  version = state.version;
  person = state.person;
  botUsername = state.bot.username;
  drawPeople(state.people);
  drawClock(state.clock);
  drawMessages(state.messages);
  drawToasts(state.toasts);
  drawCommands(state.commands);
  drawChips(state.examples);
}

function drawPeople(people) {
  const current = people.find((each) => each.user_id === person);
  view.subtitle.textContent = current ? `op de telefoon van ${current.first_name}` : "";
  if (view.people.children.length !== people.length) {
    view.people.replaceChildren(...people.map(personItem));
  }
  people.forEach((each, index) => {
    const node = view.people.children[index].firstElementChild;
    node.setAttribute("aria-current", String(each.user_id === person));
    const badge = node.querySelector(".badge");
    badge.hidden = each.unread === 0;
    badge.firstElementChild.textContent = String(each.unread);
    badge.lastElementChild.textContent = each.unread === 1 ? " nieuw bericht" : " nieuwe berichten";
  });
  const unread = people.reduce((sum, each) => sum + each.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ""}Koersbot – proefomgeving`;
}

function personItem(each, index) {
  const item = element("li");
  const node = button("person");
  node.dataset.testid = `persoon-${each.first_name.toLowerCase()}`;
  node.dataset.userId = String(each.user_id);
  const initial = element("span", `initial tone-${index % 4}`, each.first_name.slice(0, 1));
  initial.setAttribute("aria-hidden", "true");
  const badge = element("span", "badge");
  badge.append(element("span"), element("span", "visually-hidden"));
  node.append(
    initial,
    element("span", "person-name", each.first_name),
    element("span", "person-role", each.role_label),
    badge,
    element("span", "person-hint", each.hint),
  );
  node.addEventListener("click", () => choosePerson(each.user_id));
  item.append(node);
  return item;
}

function drawClock(clock) {
  if (view.clockNow.dateTime !== clock.at) {
    view.clockNow.dateTime = clock.at;
    const day = element("span", "clock-date", clock.date);
    day.append(element("span", "clock-comma", ", "));
    view.clockNow.replaceChildren(
      day,
      element("span", "clock-time", clock.time),
    );
    if (document.activeElement !== view.clockTo) view.clockTo.value = clock.local;
    view.clockTo.min = clock.local;
  }
  view.phoneClock.textContent = clock.time;
}

function drawMessages(messages) {
  const wasNearBottom = nearBottom();
  const first = lastDrawnId === 0;
  const focused = rememberFocus();
  const wanted = [];
  const next = new Map();
  let day = "";
  for (const message of messages) {
    if (message.day !== day) {
      day = message.day;
      wanted.push(dayNode(message));
    }
    const signature = JSON.stringify(message);
    const known = drawn.get(message.id);
    const node = known && known.signature === signature ? known.node : messageNode(message);
    if (!known && !first) node.classList.add("fresh");
    next.set(message.id, { node, signature });
    wanted.push(node);
  }
  placeInOrder(wanted);
  drawn = next;
  restoreFocus(focused);
  view.empty.hidden = messages.length > 0;
  view.messages.hidden = messages.length === 0;

  const newest = messages.length ? messages[messages.length - 1] : null;
  const arrived = newest !== null && newest.id > lastDrawnId;
  if (newest !== null) lastDrawnId = newest.id;
  if (first || wasNearBottom || (arrived && !newest.from_bot)) scrollToNewest(!first);
  else if (arrived) view.jump.hidden = false;
}

// Nodes that stay are not touched: a screen reader then reads only what is new.
function placeInOrder(wanted) {
  const keep = new Set(wanted);
  for (const node of [...view.messages.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, index) => {
    const here = view.messages.children[index];
    if (here !== node) view.messages.insertBefore(node, here || null);
  });
}

const dayNodes = new Map();
function dayNode(message) {
  const key = `${person} ${message.day}`;
  if (!dayNodes.has(key)) dayNodes.set(key, element("li", "day"));
  const node = dayNodes.get(key);
  if (node.textContent !== message.day_label) node.textContent = message.day_label;
  return node;
}

function messageNode(message) {
  const node = element("li", message.from_bot ? "message" : "message own");
  node.dataset.testid = "bericht";
  node.dataset.messageId = String(message.id);
  node.tabIndex = -1;
  const bubble = element("div", "bubble");
  bubble.append(element("span", "visually-hidden", message.from_bot ? "Koersbot: " : "Jij: "));
  if (message.media) bubble.append(mediaNode(message));
  if (message.text) {
    const text = element("div", "text");
    appendFormatted(text, message.text, message.entities, 0, message.text.length);
    bubble.append(text);
  }
  const meta = element("div", "meta");
  if (message.edited) meta.append(element("span", "edited", "bewerkt"));
  const time = element("time", "", message.time);
  time.dateTime = message.at;
  meta.append(time);
  bubble.append(meta);
  node.append(bubble);
  if (message.buttons.length) {
    node.classList.add("has-buttons");
    node.append(keyboardNode(message));
  }
  return node;
}

const MEDIA_WORDS = {
  photo: ["Afbeelding", "IMG"],
  document: ["Bestand", "DOC"],
  voice: ["Spraakbericht", "MIC"],
  video: ["Video", "VID"],
  contact: ["Contact", "TEL"],
  location: ["Locatie", "GPS"],
  sticker: ["Sticker", "STK"],
};

function mediaNode(message) {
  const [word, short] = MEDIA_WORDS[message.media] || ["Bestand", "DOC"];
  const node = element("div", "media");
  const extension = (message.file_name || "").split(".").pop().toUpperCase();
  const label = message.file_name && extension.length <= 4 ? extension : short;
  const icon = element("span", "media-icon", label);
  icon.setAttribute("aria-hidden", "true");
  const words = element("span");
  words.append(element("span", "media-name", message.file_name || word));
  const size = message.file_size ? ` · ${fileSize(message.file_size)}` : "";
  if (message.file_name) words.append(element("span", "media-size", `${word}${size}`));
  node.append(icon, words);
  return node;
}

function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(".", ",")} MB`;
}

function keyboardNode(message) {
  const keyboard = element("div", "keyboard");
  for (const row of message.buttons) {
    const line = element("div", "key-row");
    for (const each of row) {
      const key = each.url === null ? button("key", each.label) : linkNode(each.url, "key", each.label);
      key.dataset.testid = "knop";
      if (each.data !== null) {
        key.dataset.data = each.data;
        key.addEventListener("click", () => press(message.id, each.data, key));
      }
      line.append(key);
    }
    keyboard.append(line);
  }
  return keyboard;
}

// Offsets are UTF-16 units, which is how JavaScript counts as well. Entities come sorted, the outer
// before the inner.
function appendFormatted(parent, text, entities, start, end) {
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    index += 1;
    if (entity.offset < at) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    const inner = [];
    while (index < entities.length && entities[index].offset < stop) {
      inner.push(entities[index]);
      index += 1;
    }
    if (entity.offset > at) parent.append(text.slice(at, entity.offset));
    const node = entityNode(entity, text.slice(entity.offset, stop));
    appendFormatted(node, text, inner, entity.offset, stop);
    parent.append(node);
    at = stop;
  }
  if (at < end) parent.append(text.slice(at, end));
}

const ENTITY_TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

function entityNode(entity, covered) {
  if (entity.type === "text_link") return linkNode(entity.url);
  if (entity.type === "url") return linkNode(covered);
  if (entity.type === "bot_command") {
    const node = button("command");
    node.addEventListener("click", () => say(covered));
    return node;
  }
  if (entity.type === "spoiler") {
    const node = button("spoiler");
    node.setAttribute("aria-expanded", "false");
    node.addEventListener("click", () => node.setAttribute("aria-expanded", "true"));
    return node;
  }
  return element(ENTITY_TAGS[entity.type] || "span");
}

function linkNode(address, className, label) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return element("span", className, label);
  }
  const start = startParameter(url);
  if (start !== null) {
    // A link to this bot opens the bot itself, on this phone.
    const node = button(className || "command", label);
    node.addEventListener("click", () => say(`/start ${start}`.trim()));
    return node;
  }
  if (!["http:", "https:", "mailto:", "tel:"].includes(url.protocol)) {
    return element("span", className, label);
  }
  const node = element("a", className, label);
  node.href = url.href;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

function startParameter(url) {
  const here = url.pathname.toLowerCase() === `/${botUsername.toLowerCase()}`;
  if (!["t.me", "telegram.me"].includes(url.hostname) || !here) return null;
  return url.searchParams.get("start") || "";
}

// --- Focus and scrolling ---------------------------------------------------------------------

function rememberFocus() {
  const message = document.activeElement && document.activeElement.closest(".message");
  if (!message) return null;
  const keys = [...message.querySelectorAll("button, a")];
  return { id: Number(message.dataset.messageId), index: keys.indexOf(document.activeElement) };
}

// An edited message is a new node. Whoever pressed its button must not fall back to the top.
function restoreFocus(focused) {
  if (!focused || (document.activeElement && document.activeElement !== document.body)) return;
  const known = drawn.get(focused.id);
  if (!known) {
    view.input.focus({ preventScroll: true });
    return;
  }
  const keys = known.node.querySelectorAll("button, a");
  (keys[Math.min(focused.index, keys.length - 1)] || known.node).focus({ preventScroll: true });
}

function nearBottom() {
  return view.chat.scrollHeight - view.chat.scrollTop - view.chat.clientHeight < NEAR_BOTTOM_PX;
}

function scrollToNewest(gently) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  view.chat.scrollTo({
    top: view.chat.scrollHeight,
    behavior: gently && !calm ? "smooth" : "instant",
  });
  view.jump.hidden = true;
}

// --- Toasts ----------------------------------------------------------------------------------

function drawToasts(toasts) {
  const newest = toasts.length ? toasts[toasts.length - 1].number : 0;
  const before = shownToasts;
  shownToasts = Math.max(before ?? 0, newest);
  for (const toast of toasts) {
    const stop = waiting.get(toast.query_id);
    if (stop) {
      stop();
      waiting.delete(toast.query_id);
    }
    // Answers from before this phone was opened are old news.
    if (before === null || toast.number <= before || !toast.text) continue;
    if (toast.alert) showAlert(toast.text);
    else showToast(toast.text);
  }
}

function showToast(text) {
  clearTimeout(toastTimer);
  view.toast.textContent = text;
  view.toast.classList.add("visible");
  toastTimer = setTimeout(hideToast, TOAST_MS);
}

function hideToast() {
  view.toast.classList.remove("visible");
}

function showAlert(text) {
  view.alertText.textContent = text;
  if (!view.alert.open) view.alert.showModal();
}

// --- Menu and examples -----------------------------------------------------------------------

function drawCommands(commands) {
  const signature = JSON.stringify(commands);
  if (signature === commandsDrawn) return;
  commandsDrawn = signature;
  if (!commands.length) {
    view.menuList.replaceChildren(element("li", "menu-none", "Er zijn nog geen opdrachten."));
    return;
  }
  view.menuList.replaceChildren(
    ...commands.map((each) => {
      const item = element("li");
      const node = button("menu-item");
      node.dataset.testid = "opdracht";
      node.append(
        element("span", "description", each.description),
        element("span", "name", `/${each.command}`),
      );
      node.addEventListener("click", () => {
        closeMenu();
        view.input.focus();
        say(`/${each.command}`);
      });
      item.append(node);
      return item;
    }),
  );
}

function openMenu() {
  view.menuPanel.hidden = false;
  view.menuButton.setAttribute("aria-expanded", "true");
  const first = view.menuList.querySelector("button");
  if (first) first.focus();
}

function closeMenu() {
  view.menuPanel.hidden = true;
  view.menuButton.setAttribute("aria-expanded", "false");
}

view.menuButton.addEventListener("click", () => {
  if (view.menuPanel.hidden) openMenu();
  else closeMenu();
});

view.menuPanel.addEventListener("keydown", (event) => {
  const items = [...view.menuList.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !items.length) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length].focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || view.menuPanel.hidden) return;
  closeMenu();
  view.menuButton.focus();
});

document.addEventListener("click", (event) => {
  if (view.menuPanel.hidden) return;
  if (!view.menuPanel.contains(event.target) && !view.menuButton.contains(event.target)) closeMenu();
});

function drawChips(examples) {
  const signature = JSON.stringify(examples);
  if (signature === chipsDrawn) return;
  chipsDrawn = signature;
  view.chips.hidden = examples.length === 0;
  view.chips.replaceChildren(
    ...examples.map((text) => {
      const node = button("chip", text);
      node.dataset.testid = "voorbeeld";
      node.addEventListener("click", () => {
        setInput(text);
        view.input.focus();
      });
      return node;
    }),
  );
}

// A mouse wheel has one direction; let it reach the examples that stick out.
view.chips.addEventListener(
  "wheel",
  (event) => {
    if (event.deltaX === 0) view.chips.scrollLeft += event.deltaY;
  },
  { passive: true },
);

// --- Composer --------------------------------------------------------------------------------

function setInput(text) {
  view.input.value = text;
  fitInput();
  showComposerError("");
}

function fitInput() {
  view.input.style.height = "auto";
  const border = view.input.offsetHeight - view.input.clientHeight;
  view.input.style.height = `${view.input.scrollHeight + border}px`;
}

function showComposerError(text) {
  view.composerError.textContent = text;
  view.composerError.hidden = !text;
}

view.input.addEventListener("input", fitInput);

view.input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  view.composer.requestSubmit();
});

view.composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = view.input.value;
  view.input.focus();
  if (!text.trim()) return;
  const sender = person;
  setInput("");
  if (!(await say(text)) && person === sender && !view.input.value) {
    const problem = view.composerError.textContent;
    setInput(text);
    showComposerError(problem);
  }
});

view.jump.addEventListener("click", () => scrollToNewest(true));

view.chat.addEventListener("scroll", () => {
  if (nearBottom()) view.jump.hidden = true;
});

// A taller input or an opened keyboard must not hide the newest message.
let chatHeight = 0;
new ResizeObserver(() => {
  const grown = view.chat.clientHeight - chatHeight;
  const distance = view.chat.scrollHeight - view.chat.scrollTop - view.chat.clientHeight;
  if (grown < 0 && distance + grown < NEAR_BOTTOM_PX) scrollToNewest(false);
  chatHeight = view.chat.clientHeight;
}).observe(view.chat);

// --- Clock -----------------------------------------------------------------------------------

async function moveClock(body) {
  view.clockError.hidden = true;
  view.clockStatus.textContent = "De klok loopt vooruit…";
  const controls = [...view.clock.querySelectorAll(".steps button, .clock-form button, input")];
  const focused = document.activeElement;
  controls.forEach((each) => (each.disabled = true));
  try {
    const { clock } = await post("/api/clock", body);
    drawClock(clock);
    view.clockTo.value = clock.local;
    view.clockStatus.textContent = `De klok staat op ${clock.time}.`;
  } catch (error) {
    view.clockStatus.textContent = "";
    view.clockError.textContent = sentence(error);
    view.clockError.hidden = false;
  } finally {
    controls.forEach((each) => (each.disabled = false));
    if (controls.includes(focused)) focused.focus({ preventScroll: true });
  }
}

for (const each of view.clock.querySelectorAll("[data-step]")) {
  each.addEventListener("click", () => moveClock({ step: each.dataset.step }));
}

view.clockForm.addEventListener("submit", (event) => {
  event.preventDefault();
  moveClock({ to: view.clockTo.value });
});

view.clockToggle.addEventListener("click", () => {
  const open = view.clockControls.classList.toggle("open");
  view.clockToggle.setAttribute("aria-expanded", String(open));
  view.clockToggle.textContent = open ? "Klaar" : "Verzet de klok";
});

poll();
