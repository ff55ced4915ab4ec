// The colours of the page, from the variables that Streamlit hands to components.

let pen

/** A CSS colour as red, green, blue and alpha, 0 to 1. */
function parts(colour) {
  pen ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  pen.clearRect(0, 0, 1, 1)
  pen.fillStyle = colour
  pen.fillRect(0, 0, 1, 1)
  return [...pen.getImageData(0, 0, 1, 1).data].map((one) => one / 255)
}

/** What the page looks like now; its text says whether anything changed. */
export function themeOf(element) {
  const style = getComputedStyle(element)
  const of = (name, otherwise) => style.getPropertyValue(`--st-${name}`).trim() || otherwise
  const ground = parts(of("background-color", "#ffffff"))
  const dark = 0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2] < 0.5
  return {
    dark,
    ground,
    ink: parts(of("text-color", dark ? "#ffffff" : "#000000")),
    accent: parts(of(dark ? "link-color" : "primary-color", "#2f5d50")),
  }
}
