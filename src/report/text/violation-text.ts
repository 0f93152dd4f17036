import { type Setting, same, stackOf } from '../../model/index.ts'
import { inputsText, whoText } from './setting-text.ts'
import { valueText } from './value.ts'
import { visible } from './visible.ts'

/** What both searches say of a violation that was saved. */
export interface SavedViolation {
  readonly eager?: 'reproduced' | 'not-found' | 'excluded'
  /** What breaks the claim. */
  readonly witness?: string
  /** Where it was found, after shrinking. */
  readonly setting?: Setting
  /** The file that holds the trace. */
  readonly trace?: string
  /** Was the very same trace there already? */
  readonly kept?: boolean
  /** Why the trace, or the shrunk one in its place, could not be saved. */
  readonly unsaved?: string
}

const EAGER = {
  reproduced: 'Also happens with eager rules: every rule fires as soon as it can.',
  'not-found': 'Not found with eager rules, where every rule fires as soon as it can: some rule probably has to wait.',
  excluded:
    'Impossible with these messages and eager rules, where every rule fires as soon as it can: some rule has to wait.',
} as const

/** What tells the setting that is left after shrinking from what was searched. */
function smaller(settings: readonly Setting[], left: Setting): string[] {
  const [first] = settings
  if (!first) return []
  const who = settings.length > 1 || whoText(first) !== whoText(left) ? [whoText(left)] : []
  const inputs = inputsText(first) !== inputsText(left) ? [inputsText(left)] : []
  const bounds = same(first.bounds, left.bounds) ? [] : [`bounds ${valueText(left.bounds)}`]
  return [...who, ...inputs, ...bounds]
}

/** Where a handler threw what broke a claim: the line of the user's file that is nearest to it. */
export function thrownText(witness: string | undefined, file: string | undefined): string[] {
  const [, threw] = witness?.match(/^a rule of \S+ threw (.+)$/s) ?? []
  const name = file?.replace(/^.*[\\/]/, '')
  if (threw === undefined || name === undefined) return []
  const at = (stackOf(threw) ?? '').split('\n').find((line) => /^\s+at /.test(line) && line.includes(`/${name}:`))
  const place = at?.slice(at.indexOf(`/${name}:`) + 1).replace(/\)$/, '')
  return place === undefined ? [] : [`  thrown at ${visible(place)}`]
}

/** Where a violation happens, whether a rule has to wait for it, and how to see it again. `file` exports the protocol. */
export function violationText(one: SavedViolation, settings: readonly Setting[], file?: string): string[] {
  const { witness, eager, setting, trace, kept, unsaved } = one
  const named = file === undefined ? '' : ` --subject ${file}`
  const where = setting ? smaller(settings, setting) : []
  return [
    ...thrownText(witness, file),
    ...(where.length > 0 ? [`  happens with ${where.join(', ')}`] : []),
    ...(eager ? [`  ${EAGER[eager]}`] : []),
    ...(unsaved === undefined ? [] : [`  its trace is not saved: ${visible(unsaved)}`]),
    ...(trace ? [`  trace ${kept ? 'is there already' : 'saved'}: ${trace}`] : []),
    ...(trace ? [`  replay: turncoat replay ${trace}${named}`] : []),
    ...(trace ? [`  read:   turncoat show ${trace}${named}`, `  why:    turncoat explain ${trace}${named}`] : []),
  ]
}
