// Reads what packing.py wrote: the length of a head in JSON, the head, then its columns.

const KINDS = { f4: Float32Array, u2: Uint16Array, u1: Uint8Array }

/** The head, with its columns as typed arrays, and the names as one text. */
export function read(bytes) {
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 4 + from.getUint32(0, true)
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)))
  for (const [name, kind, length] of head.columns) {
    const part = bytes.slice(at, at + length) // a copy begins where its kind may begin
    head[name] = kind === "text" ? part : new KINDS[kind](part.buffer)
    at += length
  }
  return head
}

/** The name of each point; read when the first of them is asked for. */
export function namesOf(points) {
  points.lines ??= new TextDecoder().decode(points.names).split("\n")
  return points.lines
}

/** Bytes of base64. */
export function unpack(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
}

/** The places of the ones in bits, the lowest bit of a byte first. */
export function placesOf(bits) {
  const places = []
  for (let byte = 0; byte < bits.length; byte++) {
    for (let bit = 0; bits[byte] >> bit; bit++) {
      if ((bits[byte] >> bit) & 1) places.push(byte * 8 + bit)
    }
  }
  return places
}
