// One map on the page: the canvas, its buttons, and the card of the point under the mouse.

import createScatterplot from "regl-scatterplot"
import { namesOf, placesOf, unpack } from "./columns.js"
import { themeOf } from "./theme.js"

const NO_WEBGL =
  "This browser cannot draw the map: it needs WebGL with float textures. Switch on hardware" +
  " acceleration, or use another browser. The list beside the map works without it."
const LOST = "The graphics card took the map away. Reload the page to draw it again."
const MODES = { move: "panZoom", lasso: "lasso", box: "lasso" }
const STEP = 0.2 // of what is seen, for an arrow key

export class View {
  constructor(root) {
    this.root = root
    this.find = (what) => root.querySelector(what)
    this.canvas = this.find("canvas")
    this.work = Promise.resolve()
    for (const button of root.querySelectorAll("button")) {
      button.onclick = () => this.press(button.name)
    }
    this.canvas.onkeydown = (event) => {
      if (this.key(event.key)) event.preventDefault()
    }
  }

  /** Draws what is new; one after the other, since the plot draws one thing at a time. */
  show(legend) {
    if (legend) this.legend = legend
    this.work = this.work.then(() => this.step()).catch((error) => this.fail(error))
  }

  async step() {
    const { legend, points } = this
    if (!legend || !points || legend.map !== points.stamp || this.failed) return
    if (!this.plot) this.begin()
    const theme = themeOf(this.root)
    const look = JSON.stringify([theme, legend.stamp, points.stamp])
    if (look !== this.look) this.dress(theme, points.count)
    const drawn = JSON.stringify([points.stamp, legend.stamp])
    if (drawn !== this.drawn) {
      const same = this.indexed === points.stamp
      this.codes = unpack(legend.codes)
      const { x, y, size } = points
      await this.plot.draw(
        { x, y, z: this.codes, w: size },
        {
          zDataType: "categorical",
          wDataType: "categorical",
          spatialIndex: same ? this.plot.get("spatialIndex") : undefined,
        },
      )
      if (!same) await this.whole()
      this.indexed = points.stamp
      this.marked = this.kept = undefined
    }
    this.look = look
    this.drawn = drawn
    await this.point(legend, theme)
    this.root.dataset.drawn = points.stamp
  }

  begin() {
    try {
      this.plot = createScatterplot({
        canvas: this.canvas,
        colorBy: "z",
        sizeBy: "w",
        deselectOnDblClick: false,
        opacityInactiveMax: 0.25,
        opacityInactiveScale: 0.3,
      })
      if (!this.plot.isSupported) throw new Error(NO_WEBGL)
    } catch (error) {
      this.failed = true
      throw new Error(NO_WEBGL, { cause: error })
    }
    const lost = () => this.fail(new Error(LOST))
    this.plot.get("renderer").canvas.addEventListener("webglcontextlost", lost)
    const on = (event, act) => this.plot.subscribe(event, act)
    on("pointover", (at) => this.card(at))
    on("pointout", () => this.card())
    on("view", () => this.card())
    on("lassoStart", () => {
      this.encircling = true
      this.card()
    })
    on("lassoEnd", ({ coordinates }) => {
      this.encircling = false
      this.area(coordinates)
    })
    on("select", ({ points: chosen }) => {
      if (!this.encircling && chosen.length === 1) this.tell({ kind: "point", at: chosen[0] })
    })
    on("deselect", () => this.encircling || this.tell({ kind: "clear" }))
    this.press("move")
  }

  /** Sets colours and sizes. */
  dress(theme, count) {
    const palette = theme.dark ? this.legend.dark : this.legend.light
    const least = Math.max(1.5, Math.min(4, 42 / count ** 0.3))
    const opacity = Math.max(0.45, Math.min(0.95, 5.5 / count ** 0.2))
    this.plot.set({
      backgroundColor: theme.ground,
      pointColor: palette,
      pointColorActive: palette,
      pointColorHover: theme.ink,
      pointSize: Array.from({ length: this.points.sizes }, (_, size) => least * 1.28 ** size),
      pointSizeSelected: 1,
      pointOutlineWidth: 1,
      opacity,
      lassoColor: theme.accent,
      lassoLineWidth: 2,
    })
  }

  /** Filters, marks, draws lines and flies, as the legend says. */
  async point(legend, theme) {
    const { plot } = this
    const kept = legend.shown.join()
    if (kept !== this.kept) {
      const shown = new Set(legend.shown)
      const places = []
      if (shown.size) this.codes.forEach((code, at) => shown.has(code) && places.push(at))
      if (shown.size) await plot.filter(places, { preventEvent: true })
      else if (this.kept) await plot.unfilter({ preventEvent: true })
      this.kept = kept
      this.marked = undefined
    }
    if (legend.marked !== this.marked) {
      const places = placesOf(unpack(legend.marked))
      const now = new Set(plot.get("selectedPoints"))
      if (now.size !== places.length || !places.every((at) => now.has(at))) {
        plot.deselect({ preventEvent: true })
        if (places.length) plot.select(places, { preventEvent: true })
      }
      this.marked = legend.marked
    }
    const lines = JSON.stringify([legend.near, theme.ink])
    if (lines !== this.lines) {
      const [from, ...to] = legend.near
      const of = (at) => [this.points.x[at], this.points.y[at]]
      const line = (at) => ({ vertices: [of(from), of(at)], lineColor: theme.ink, lineWidth: 1.5 })
      if (to.length || this.lines) await plot.drawAnnotations(to.map(line))
      this.lines = lines
    }
    if (legend.near.length && legend.flight !== this.flight) {
      const target = [this.points.x[legend.near[0]], this.points.y[legend.near[0]]]
      await plot.zoomToLocation(target, 0.15, { transition: true, transitionDuration: 400 })
    }
    this.flight = legend.flight
  }

  /** Tells the page what was encircled, in the map's own coordinates. */
  area(coordinates) {
    const { center, half } = this.points
    if (coordinates.length < 3) return
    const polygon = coordinates.map(([x, y]) => [x * half + center[0], y * half + center[1]])
    this.marked = undefined // what is marked now is more than the page knows of
    this.tell({ kind: "area", polygon, shown: this.legend.shown })
  }

  press(name) {
    const { plot } = this
    if (!plot) return
    if (name in MODES) {
      plot.set({ mouseMode: MODES[name], lassoType: name === "box" ? "rectangle" : "freeform" })
      for (const mode in MODES) {
        this.find(`[name=${mode}]`).setAttribute("aria-pressed", mode === name)
      }
      this.canvas.style.cursor = name === "move" ? "grab" : "crosshair"
    } else if (name === "clear") {
      this.tell({ kind: "clear" })
    } else if (name === "whole") {
      this.whole({ transition: true, transitionDuration: 250 })
    } else {
      this.zoom(name === "closer" ? 1 / 1.6 : 1.6)
    }
  }

  /** Shows all points: the camera fits the height of the ground, which may be the longer side. */
  whole(options = {}) {
    const { clientWidth: width, clientHeight: height } = this.canvas
    return this.plot.zoomToLocation([0, 0], Math.max(1, height / width), options)
  }

  key(key) {
    const to = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key]
    if (to) this.zoom(1, to)
    else if (key === "+" || key === "=") this.zoom(1 / 1.6)
    else if (key === "-") this.zoom(1.6)
    else if (key === "0") this.press("whole")
    else return false
    return true
  }

  zoom(by, [right, up] = [0, 0]) {
    if (!this.plot) return
    const [x, y] = this.plot.get("cameraTarget")
    const [distance] = [this.plot.get("cameraDistance")].flat()
    const target = [x + right * STEP * distance, y + up * STEP * distance]
    this.plot.zoomToLocation(target, distance * by)
  }

  /** Shows the card of a point, or none. */
  card(at) {
    const card = this.find(".card")
    card.hidden = at === undefined || this.encircling === true
    if (card.hidden) return
    const { points } = this
    const lines = [namesOf(points)[at], points.groups[points.group[at]] ?? ""]
    const price = points.price[at]
    lines.push(Number.isFinite(price) ? points.money.replace("#", amount(price, 2)) : "")
    lines.push(points.told.replace("#", amount(points.sales[at], 0)))
    const rows = lines.filter(Boolean).map((line) => {
      const row = document.createElement("div")
      row.textContent = line
      return row
    })
    card.replaceChildren(...rows)
    const [x, y] = this.plot.getScreenPosition(at)
    const { clientWidth: width, clientHeight: height } = this.canvas
    card.style.left = `${Math.min(Math.max(x + 12, 4), Math.max(width - card.offsetWidth - 4, 4))}px`
    const above = y - card.offsetHeight - 12
    card.style.top = `${above < 4 ? Math.min(y + 12, height - card.offsetHeight) : above}px`
  }

  fail(error) {
    this.find(".problem").textContent = error.message
    this.root.classList.add("failed")
    this.root.dataset.drawn = "failed"
  }

  end() {
    this.plot?.destroy()
    this.plot = undefined
    delete this.root.view
  }
}

const amount = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
