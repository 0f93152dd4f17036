import { visible } from '../text/visible.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A text of strangers without characters that XML forbids, or that turn the direction of a line around. */
export function legal(value: string): string {
  return visible(value).replace(/\p{Surrogate}|[\ufffe\uffff]/gu, '\ufffd')
}

/** The same as text of SVG or HTML: nothing in it is markup. */
export function escaped(value: string): string {
  return legal(value).replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

type Attributes = Readonly<Record<string, string | number>>

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('')
}

export function element(name: string, attributes: Attributes): string {
  return `<${name}${attributesText(attributes)}/>`
}

export function text(content: string, attributes: Attributes): string {
  return `<text${attributesText(attributes)}>${escaped(content)}</text>`
}
