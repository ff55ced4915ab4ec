// The map: many points that can be looked at, clicked and encircled. What lies where comes as bytes
// that the page keeps; how it is coloured, filtered and marked comes from the legend beside it,
// which is another component, so that a click never sends the points again.

import { View } from "./view.js"
import { read } from "./columns.js"

const boards = (globalThis.aisleBoards ??= new Map())

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map")
  const view = (root.view ??= new View(root))
  view.tell = (what) => setTriggerValue("picked", what)
  if (data !== view.given) {
    view.given = data
    const points = read(data)
    if (points.stamp !== view.points?.stamp) view.points = points
  }
  const name = view.points.name
  const board = boards.get(name) ?? {}
  boards.set(name, { ...board, view })
  view.show(board.legend)
  return () => {
    view.end()
    if (boards.get(name)?.view === view) boards.delete(name)
  }
}
