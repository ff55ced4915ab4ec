"""Upload of large files: straight to disk through the API, with a progress bar."""

from __future__ import annotations

from streamlit.components.v2 import component

from pages.ui import state

_HTML = """
<label class="zone" tabindex="0">
  <input type="file" hidden />
  <span class="words">Drop a file here, or click to choose one</span>
  <span class="hint">CSV, TSV, CSV.gz or Parquet, up to several GB</span>
  <progress max="1" value="0" hidden></progress>
</label>
<p class="problem" role="alert"></p>
"""

_CSS = """
.zone { display: flex; flex-direction: column; gap: .3rem; align-items: center;
  padding: 1.4rem 1rem; border: 1px dashed var(--st-border-color); cursor: pointer;
  border-radius: var(--st-base-radius); background: var(--st-secondary-background-color);
  color: var(--st-text-color); font-family: var(--st-font); text-align: center; }
.zone:focus-visible, .zone.over { outline: 2px solid var(--st-primary-color); }
.hint { font-size: .85em; opacity: .75; }
progress { width: min(24rem, 90%); accent-color: var(--st-primary-color); }
.problem { color: var(--st-red-text-color); font-family: var(--st-font); margin: .5rem 0 0; }
.problem:empty { display: none; }
"""

_JS = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const zone = parentElement.querySelector(".zone")
  const input = parentElement.querySelector("input")
  const words = parentElement.querySelector(".words")
  const bar = parentElement.querySelector("progress")
  const problem = parentElement.querySelector(".problem")
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1) + " MB"

  const send = (file) => {
    if (!file || zone.dataset.busy) return
    zone.dataset.busy = "1"
    problem.textContent = ""
    bar.hidden = false
    bar.value = 0
    const request = new XMLHttpRequest()
    const done = (message) => {
      delete zone.dataset.busy
      bar.hidden = true
      words.textContent = "Drop a file here, or click to choose one"
      input.value = ""
      if (message) {
        problem.textContent = message
        setTriggerValue("failed", { file: file.name })
      }
    }
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / event.total
      const sent = megabytes(event.loaded) + " of " + megabytes(event.total)
      words.textContent = file.name + ": " + sent
    }
    request.onload = () => {
      let answer = {}
      try { answer = JSON.parse(request.responseText) } catch { answer = {} }
      if (request.status === 200) {
        done("")
        setTriggerValue("uploaded", answer.upload_id)
      } else {
        const error = answer.error || {}
        done([error.message || "The upload was refused.", error.hint].filter(Boolean).join(" "))
      }
    }
    request.onerror = () => done("The connection broke. Check it and choose the file again.")
    request.open("PUT", data.url)
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name))
    request.send(file)
  }
  input.onchange = () => send(input.files[0])
  zone.ondragover = (event) => { event.preventDefault(); zone.classList.add("over") }
  zone.ondragleave = () => zone.classList.remove("over")
  zone.ondrop = (event) => {
    event.preventDefault()
    zone.classList.remove("over")
    send(event.dataTransfer.files[0])
  }
  zone.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); input.click() }
  }
}
"""

_component = component("aisle_upload", html=_HTML, css=_CSS, js=_JS)


def upload_zone(ticket: str, *, key: str) -> str | None:
    """Show a drop zone; return the id of the file in the run after it has arrived.

    Parameters
    ----------
    ticket
        A one-time ticket for the upload route; give a new one after each use.
    """
    result = _component(
        key=key,
        data={"url": f"api/uploads/{ticket}"},
        on_uploaded_change=lambda: None,
        on_failed_change=state.drop_ticket,
    )
    return result.uploaded
