/** Characters that could move a terminal's cursor, or turn the direction of a line around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the very ones that must not get through.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A text from a file, safe to print: what could not be seen is written out as its code. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
