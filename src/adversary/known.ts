import { fieldsReadBy, type Program } from '../model/index.ts'
import type { KnownFields } from './shapes.ts'

/** What a protocol tells of the fields of its messages, besides what is seen in them. */
export function known(program: Program): KnownFields {
  return { more: valuesAbove(program), sets: program.protocol.definition.sets ?? [] }
}

/** One value above what was seen, for the message fields whose namesakes in the state the bounds read. */
function valuesAbove({ protocol, setting }: Program): KnownFields['more'] {
  const read = fieldsReadBy((state) => protocol.definition.within?.(state, setting.bounds))
  return (field, seen) => {
    const numbers = seen.filter((value): value is number => typeof value === 'number')
    return read.includes(field) && numbers.length > 0 ? [Math.max(...numbers) + 1] : []
  }
}
