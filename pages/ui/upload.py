"""Upload of large files: straight to disk through the API, one after the other, with progress."""

from __future__ import annotations

from streamlit.components.v2 import component

from pages.ui import state_files

_HTML = """
<label class="zone" tabindex="0">
  <input type="file" multiple hidden />
  <span class="words"></span>
  <span class="hint"></span>
  <progress max="1" value="0" hidden></progress>
</label>
<button class="stop" type="button" hidden>Stop</button>
<ul class="problem" role="alert"></ul>
"""

_CSS = """
.zone { display: flex; flex-direction: column; gap: .3rem; align-items: center;
  padding: 1.4rem 1rem; border: 1px dashed var(--st-border-color); cursor: pointer;
  border-radius: var(--st-base-radius); background: var(--st-secondary-background-color);
  color: var(--st-text-color); font-family: var(--st-font); text-align: center; }
.zone:focus-visible, .zone.over { outline: 2px solid var(--st-primary-color); }
.words { overflow-wrap: anywhere; }
.hint { font-size: .85em; opacity: .75; }
progress { width: min(24rem, 90%); accent-color: var(--st-primary-color); }
.stop { margin-top: .5rem; padding: .25rem .75rem; font-size: .9rem; cursor: pointer;
  font-family: var(--st-font); color: var(--st-text-color); background: none;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius); }
.problem { color: var(--st-red-text-color); font-family: var(--st-font); margin: .5rem 0 0;
  padding-left: 1.2rem; max-height: 9rem; overflow-y: auto; }
.problem:empty { display: none; }
"""

# A ticket is good for one file, and the page sends more when it runs again: the files that wait lie
# on the element, which outlives the runs.
_JS = """
const IDLE = "Drop files here, or click to choose them"
const KINDS = "CSV, TSV, Excel, ODS, JSON lines or Parquet, also as zip or gz, up to several GB"

const ofEntry = (entry) => new Promise((give) => {
  if (entry.isFile) return entry.file((file) => give([file]), () => give([]))
  const reader = entry.createReader(), all = []
  const more = () => reader.readEntries(async (some) => {
    if (some.length) { all.push(...some); return more() }
    const files = all.filter((one) => one.isFile && !one.name.startsWith("."))
    files.sort((a, b) => (a.name < b.name ? -1 : 1))
    give((await Promise.all(files.map(ofEntry))).flat())
  }, () => give([]))
  more()
})

const dropped = async (transfer) => {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)
  const plain = [...transfer.files]
  if (!entries.some((entry) => entry.isDirectory)) return plain
  return (await Promise.all(entries.map(ofEntry))).flat()
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1) + " MB"

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const find = (what) => parentElement.querySelector(what)
  const zone = find(".zone"), input = find("input"), bar = find("progress")
  const words = find(".words"), hint = find(".hint"), stop = find(".stop")
  const line = zone.line ??= { waiting: [], total: 0, request: null, ids: [] }
  const given = data.urls.join(" ")
  if (line.given !== given) { line.given = given; line.urls = [...data.urls] }
  line.tell = setTriggerValue

  const show = () => {
    const busy = line.request !== null || line.waiting.length > 0
    bar.hidden = stop.hidden = !busy
    const at = line.total - line.waiting.length
    if (!busy) { line.total = 0; words.textContent = IDLE; hint.textContent = KINDS }
    else hint.textContent = line.total > 1 ? at + " of " + line.total + " files" : ""
  }
  const problem = (message) => {
    const entry = document.createElement("li")
    entry.textContent = message
    find(".problem").append(entry)
  }
  const report = () => {
    const ids = line.ids
    line.ids = []
    line.urls = []
    line.tell("sent", { ids, left: line.waiting.length })
  }
  const ended = () => {
    line.request = null
    if (line.waiting.length && line.urls.length) send(line.waiting.shift())
    else report()
    show()
  }
  const send = (file) => {
    const request = line.request = new XMLHttpRequest()
    bar.value = 0
    words.textContent = file.name
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / event.total
      const sent = megabytes(event.loaded) + " of " + megabytes(event.total)
      words.textContent = file.name + ": " + sent
    }
    request.onload = () => {
      let answer = {}
      try { answer = JSON.parse(request.responseText) } catch { answer = {} }
      if (request.status === 200) {
        line.ids.push(answer.upload_id)
      } else {
        const error = answer.error || {}
        const said = [error.message || file.name + " was refused.", error.hint]
        problem(said.filter(Boolean).join(" "))
      }
      ended()
    }
    request.onerror = () => {
      const others = line.waiting.length
      line.waiting = []
      problem(file.name + ": the connection broke. Check it and choose the file again"
        + (others ? ", and the " + others + " after it." : "."))
      ended()
    }
    request.onabort = ended
    request.open("PUT", line.urls.shift())
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name))
    request.send(file)
    show()
  }
  const next = () => {
    if (line.request === null && line.waiting.length && line.urls.length) {
      send(line.waiting.shift())
    }
  }
  const add = (files) => {
    if (!files.length) return
    find(".problem").replaceChildren()
    line.waiting.push(...files)
    line.total += files.length
    next()
    show()
  }

  input.onchange = () => { add([...input.files]); input.value = "" }
  stop.onclick = () => {
    line.waiting = []
    if (line.request) line.request.abort()
    else { show(); report() }
  }
  zone.ondragover = (event) => { event.preventDefault(); zone.classList.add("over") }
  zone.ondragleave = () => zone.classList.remove("over")
  zone.ondrop = async (event) => {
    event.preventDefault()
    zone.classList.remove("over")
    add(await dropped(event.dataTransfer))
  }
  zone.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); input.click() }
  }
  show()
  next()
}
"""

_component = component("aisle_upload", html=_HTML, css=_CSS, js=_JS)


def upload_zone(issue: state_files.Issue) -> int:
    """Show a drop zone for many files; return how many are still on their way.

    Files that have arrived are among :func:`pages.ui.state.uploads` already in the run after it.

    Parameters
    ----------
    issue
        Gives a one-time ticket for the upload route.
    """
    result = _component(
        key=state_files.ZONE,
        data={"urls": [f"api/uploads/{one}" for one in state_files.tickets(issue)]},
        on_sent_change=state_files.take_uploads,
    )
    return int(result.sent["left"]) if result.sent else 0
