import { type AnyMessage, chain, fieldsReadBy, type Json, remembered } from '../model/index.ts'
import { chosenBy, viewOfMessage } from './message-places.ts'
import type { Scene } from './strategy.ts'

/** A block of a chain by its path, such as 1.2.4 or 1a.2b. */
const BLOCK = /^\d+[^\d.]*(?:\.\d+[^\d.]*)*$/

/** Something that a message says: this value of one view, or something of a block. */
type Content = { readonly view: number; readonly value: string } | { readonly block: string }

/**
 * A history that is consistent in itself, by a plan and a name: a chain of blocks or, where there are no blocks, a value for each
 * view. Says whether a message belongs to it, with all certificates that it carries.
 */
export function historyOf(scene: Scene, plan: number, name: string): (message: AnyMessage) => boolean {
  const blocks = blocksOf(scene)
  const tip = blocks[chosenBy(plan, name, Math.max(1, blocks.length))] ?? chain.genesis
  const { values } = scene.program.setting
  const chosen = new Map<number, string>()
  const valueIn = (view: number): string =>
    remembered(chosen, view, () => values[chosenBy(plan, `${name} ${view}`, values.length)]!)
  const isTrue = (content: Content): boolean =>
    'block' in content ? chain.extends(tip, content.block) : valueIn(content.view) === content.value
  return (message) => contentsOf(scene, message).every(isTrue)
}

const contents = new WeakMap<AnyMessage, readonly Content[]>()
const blocks = new WeakMap<Scene['universe'], readonly string[]>()

function blocksOf(scene: Scene): readonly string[] {
  return remembered(blocks, scene.universe, () => {
    const all = scene.universe.messages.flatMap((message) => contentsOf(scene, message))
    return [...new Set(all.flatMap((content) => ('block' in content ? [content.block] : [])))].sort()
  })
}

/** All that a message says, and what is inside of it. */
function contentsOf({ program }: Scene, message: AnyMessage): readonly Content[] {
  return remembered(contents, message, () => {
    const { viewOf } = program.protocol.definition
    const fields = viewOf ? fieldsReadBy(viewOf) : []
    const { values } = program.setting
    const within = (part: Json, view: number): Content[] => {
      if (typeof part === 'string') {
        if (values.includes(part)) return [{ view, value: part }]
        return BLOCK.test(part) ? [{ block: part }] : []
      }
      if (typeof part !== 'object' || part === null) return []
      const own = Array.isArray(part)
        ? undefined
        : fields.map((field) => (part as { [key: string]: Json })[field]).find((value) => typeof value === 'number')
      return Object.values(part).flatMap((inner) => within(inner, (own as number | undefined) ?? view))
    }
    return within(message as unknown as Json, viewOfMessage(program, message))
  })
}
