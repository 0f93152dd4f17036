/** What a link to the playground holds. */
export interface Shared {
  /** A registered protocol, or nothing for one of the reader's own. */
  readonly protocol: string
  /** Files that differ from those that the page has, by path. */
  readonly files: Readonly<Record<string, string>>
  /** What the fields of the form say. */
  readonly form: Readonly<Record<string, string>>
}

/** More than this is no protocol: a few bytes of a link could stand for very many. */
const MOST_BYTES = 1_000_000

async function through(bytes: Uint8Array, by: TransformStream, most = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(by) as ReadableStream<Uint8Array>
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > most) {
      await reader.cancel()
      throw new Error('the link holds more than any protocol has')
    }
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
}

/** The fragment of a link. */
export async function fragmentOf(shared: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(shared))
  const packed = await through(bytes, new CompressionStream('deflate-raw'))
  const letters = Array.from(packed, (byte) => String.fromCharCode(byte)).join('')
  return `#code=${btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`
}

/**
 * What a fragment holds; nothing where there is none. It is text of a stranger: nothing of it is run here.
 * @throws Error where it cannot be read
 */
export async function sharedIn(fragment: string): Promise<Shared | undefined> {
  const [, packed] = fragment.match(/^#code=([\w-]+)$/) ?? []
  if (packed === undefined) return undefined
  try {
    const letters = atob(packed.replace(/-/g, '+').replace(/_/g, '/'))
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
    const text = await through(bytes, new DecompressionStream('deflate-raw'), MOST_BYTES)
    const { protocol, files, form } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    if (typeof protocol !== 'string' || !isTexts(files) || !isTexts(form)) throw new Error('something is missing')
    return { protocol, files, form }
  } catch (error) {
    throw new Error(`the link cannot be read: ${(error as Error).message}`)
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
}
