// The legend: what the colours mean, and a filter by them. It carries all that changes while the
// points stay; the map with the same name draws it.

const boards = (globalThis.aisleBoards ??= new Map())

const element = (tag, kind, text = "") => {
  const made = document.createElement(tag)
  made.className = kind
  made.textContent = text
  return made
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".legend")
  if (root.painted !== data.stamp) root.shown = [] // another colouring: all of it is seen
  root.painted = data.stamp
  const dark = isDark(root)
  const colours = dark ? data.dark : data.light

  const tell = () => {
    const legend = { ...data, shown: root.shown }
    const board = boards.get(data.name) ?? {}
    boards.set(data.name, { ...board, legend })
    board.view?.show(legend)
  }
  const draw = () => {
    const parts = data.kind === "numbers" ? scale(data, colours) : groups(data, colours, root, press)
    root.replaceChildren(element("span", "title", data.title), ...parts)
  }
  const press = (code) => {
    const shown = new Set(root.shown)
    if (shown.has(code)) shown.delete(code)
    else shown.add(code)
    const all = code === null || shown.size === data.groups.length
    root.shown = all ? [] : [...shown].sort((one, other) => one - other)
    draw()
    tell()
  }
  draw()
  tell()
}

function groups(data, colours, root, press) {
  const buttons = data.groups.map(([code, label, count]) => {
    const button = element("button", "group")
    const seen = !root.shown.length || root.shown.includes(code)
    button.type = "button"
    button.setAttribute("aria-pressed", root.shown.includes(code))
    button.title = `${label}: ${count.toLocaleString("en")}. Click to see only this; click more to add.`
    button.classList.toggle("away", !seen)
    const dot = element("span", "dot")
    dot.style.background = colours[code]
    button.append(dot, element("span", "label", label), element("span", "count", count.toLocaleString("en")))
    button.onclick = () => press(code)
    return button
  })
  if (!root.shown.length) return buttons
  const every = element("button", "group every", "Show all")
  every.type = "button"
  every.onclick = () => press(null)
  return [...buttons, every]
}

function scale(data, colours) {
  const bar = element("span", "bar")
  const steps = colours.slice(0, data.steps)
  bar.title = `Each shade holds as many points; half of them are above ${data.middle}.`
  bar.style.background = `linear-gradient(to right, ${steps.join(", ")})`
  const parts = [element("span", "end", data.low), bar, element("span", "end", data.high)]
  for (const [code, label, count] of data.groups) {
    const one = element("span", "group")
    const dot = element("span", "dot")
    dot.style.background = colours[code]
    one.append(dot, element("span", "label", label), element("span", "count", count.toLocaleString("en")))
    parts.push(one)
  }
  return parts
}

function isDark(root) {
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color").trim()
  const hex = /^#(..)(..)(..)/.exec(ground)
  const [red, green, blue] = hex
    ? hex.slice(1).map((one) => parseInt(one, 16))
    : (ground.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number)
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128
}
