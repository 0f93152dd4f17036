/** Keys and indices from the outermost value inwards. */
export type Path = readonly (string | number)[]

/** What is left at the end of a text. */
export interface ScanEnd {
  /** Where the text ended; empty if every bracket and string was closed. */
  readonly path: Path
  readonly unclosed: boolean
}

interface Frame {
  readonly list: boolean
  /** In an object: is the next string a key? */
  key: boolean
}

/**
 * Walks over the brackets and strings of a JSON text without parsing it, and without recursion: safe on any text.
 * `visit` sees the path of every value and where it begins, before anything inside it.
 * @param visit ends the walk by returning true
 */
export function scan(text: string, visit: (path: Path, offset: number) => boolean | undefined): ScanEnd {
  const path: (string | number)[] = []
  const frames: Frame[] = []
  let fresh = true
  const value = (offset: number): boolean => {
    if (!fresh) return false
    fresh = false
    return visit(path, offset) === true
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    const frame = frames.at(-1)
    if (c === '"') {
      const end = endOfString(text, i)
      if (end < 0) return { path, unclosed: true }
      if (frame?.key) {
        frame.key = false
        path[path.length - 1] = keyText(text.slice(i, end + 1))
      } else if (value(i)) break
      i = end
    } else if (c === '{' || c === '[') {
      if (value(i)) break
      frames.push({ list: c === '[', key: c === '{' })
      path.push(c === '[' ? 0 : '')
      fresh = c === '['
    } else if (c === '}' || c === ']') {
      frames.pop()
      path.pop()
      fresh = false
    } else if (c === ',') {
      if (frame?.list) path[path.length - 1] = (path.at(-1) as number) + 1
      else if (frame) frame.key = true
      fresh = frame?.list === true
    } else if (c === ':') {
      fresh = true
    } else if (c !== ' ' && c !== '\n' && c !== '\t' && c !== '\r' && value(i)) break
  }
  return { path, unclosed: frames.length > 0 }
}

/** The offset of the closing quote, or −1. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return -1
}

function keyText(literal: string): string {
  try {
    return JSON.parse(literal)
  } catch {
    return literal.slice(1, -1)
  }
}

/** The number of the line on which the value at a path begins; of its innermost part that exists. */
export function lineOf(text: string, wanted: Path): number {
  let offset = 0
  let deepest = -1
  scan(text, (path, at) => {
    if (path.length > deepest && path.length <= wanted.length && path.every((part, i) => part === wanted[i])) {
      offset = at
      deepest = path.length
    }
    return deepest === wanted.length
  })
  return lineAt(text, offset)
}

/** The number of the line of an offset, the first one being 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
