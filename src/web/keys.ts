import type { RunEvent, RunView } from '../view/run.ts'

/** What a key asks for. */
export type KeyAction =
  | { readonly kind: 'select'; readonly number: number }
  | { readonly kind: 'search' | 'help' | 'past' | 'leave' }

/** Where the reader is. */
export interface ReaderPlace {
  readonly run: RunView
  readonly steps: readonly RunEvent[]
  readonly selected: number
  /** Steps that the search finds. */
  readonly found: ReadonlySet<number>
}

/** The keys of the page, as the help lists them. */
export const PAGE_KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['j  ↓', 'next step'],
  ['k  ↑', 'previous step'],
  ['Home  End', 'first and last step'],
  ['PageUp  PageDown', 'ten steps'],
  ['n  N', 'next and previous decision'],
  ['l  L', 'next and previous step that uses a Byzantine message'],
  ['/', 'search; Enter goes to the next step that was found'],
  ['c', 'only the causal past of this step'],
  ['Escape', 'leave the search, close this'],
  ['?', 'these keys'],
]

/** What a key press asks for; nothing where the browser is to have it. */
export function actionOf(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>,
  place: ReaderPlace,
): KeyAction | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  const isTyping =
    (event.target as { tagName?: string } | null)?.tagName === 'INPUT' &&
    (event.target as HTMLInputElement).type !== 'checkbox'
  if (event.key === 'Escape') return { kind: 'leave' }
  if (isTyping) return event.key === 'Enter' ? next(place, 1, ({ number }) => place.found.has(number)) : undefined
  const { steps, selected } = place
  const index = steps.findIndex(({ number }) => number === selected)
  const to = (i: number): KeyAction | undefined => {
    const step = steps[Math.max(0, Math.min(steps.length - 1, i))]
    return step && { kind: 'select', number: step.number }
  }
  switch (event.key) {
    case 'j':
    case 'ArrowDown':
      return to(index + 1)
    case 'k':
    case 'ArrowUp':
      return index <= 0 ? { kind: 'select', number: 0 } : to(index - 1)
    case 'PageDown':
      return to(index + 10)
    case 'PageUp':
      return to(index - 10)
    case 'Home':
      return to(0)
    case 'End':
      return to(steps.length - 1)
    case 'n':
      return next(place, 1, ({ outputs }) => outputs.length > 0)
    case 'N':
      return next(place, -1, ({ outputs }) => outputs.length > 0)
    case 'l':
      return next(place, 1, ({ byzantineMessage }) => byzantineMessage)
    case 'L':
      return next(place, -1, ({ byzantineMessage }) => byzantineMessage)
    case 'c':
      return { kind: 'past' }
    case '/':
      return { kind: 'search' }
    case '?':
      return { kind: 'help' }
    default:
      return undefined
  }
}

/** The next step of a kind, and after the last one the first. */
function next({ steps, selected }: ReaderPlace, way: 1 | -1, is: (event: RunEvent) => boolean): KeyAction | undefined {
  const list = way === 1 ? steps : [...steps].reverse()
  const found = list.find((event) => (event.number - selected) * way > 0 && is(event)) ?? list.find(is)
  return found && { kind: 'select', number: found.number }
}
