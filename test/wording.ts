import { codeOf, type SourceFile } from './tidy.ts'

/** Words of our own for what the field has a word for, and that word. */
const RETIRED: readonly (readonly [RegExp, string])[] = [
  [/\bliars?\b/i, 'Byzantine replica'],
  [/\b(?:lies|lied|lying)\b/i, 'Byzantine message; is Byzantine'],
  [/\bpuppets?\b/i, 'twin'],
  [/\bvoices?\b/i, 'identity'],
  [/\btold again\b/i, 'replayed on the reference'],
  [/\b(?:wounds?|wounded)\b/i, 'start of recovery'],
  [/\bripe(?:ning)?\b/i, 'persistent'],
  [/\bseats?\b/i, 'instance'],
  [/\bprospects?\b/i, 'enabled rules'],
  [/\bsayings\b/i, 'envelopes'],
  [/\bhappenings?\b/i, 'event'],
  [/\bparted\b/i, 'diverged; partitioned'],
  [/\b(?:bears?|borne)\b/i, 'tolerate'],
  [/\brecount(?:s|ed)?\b/i, 'replay on the reference'],
]

/** On pages messages are sent and outputs are made; handlers and tests may still say so. */
const RETIRED_ON_PAGES: typeof RETIRED = [
  ...RETIRED,
  [/\b(?:has|have|had|was|were) said\b/i, 'sent'],
  [/\bputs? (?:\w+ )?out\b/i, 'output'],
  [/\btold apart\b/i, 'distinguished'],
]

/** Names of files and of things that nobody may read as words of ours. */
const QUOTED = /`[^`]*`|\]\([^)]*\)|https?:\S+/g

export const retiredOnPage = (path: string, prose: string): string[] => retiredIn(path, prose, RETIRED_ON_PAGES)

/** Retired words in prose: stories of traces, and code. */
export function retiredIn(path: string, prose: string, retired = RETIRED): string[] {
  return prose.split('\n').flatMap((line, i) => {
    const text = line.replace(QUOTED, '')
    return retired.flatMap(([word, say]) => {
      const found = text.match(word)?.[0]
      return found === undefined ? [] : [`${path}:${i + 1} says "${found}": say ${say}`]
    })
  })
}

/** Retired words in comments and strings of code, and in names: `isLiar` holds a liar. */
export function retiredInCode({ path, text }: SourceFile): string[] {
  const names = codeOf(text).replace(/([a-z0-9])([A-Z])/g, '$1 $2')
  const imports = /^\s*(?:import|export)\b.*from '.*'$|^\} from '.*'$/
  const lines = text.split('\n').map((line) => (imports.test(line) ? '' : line))
  return [...new Set([...retiredIn(path, lines.join('\n')), ...retiredIn(path, names)])]
}

/** Names that two files export: a name means one thing. Files of one protocol each are read one at a time. */
export function exportedTwice(files: readonly SourceFile[]): string[] {
  const homes = new Map<string, string[]>()
  for (const { path, text } of files) {
    const declared = /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type) (\w+)/gm
    for (const name of new Set([...text.matchAll(declared)].map((found) => found[1]!))) {
      homes.set(name, [...(homes.get(name) ?? []), path])
    }
  }
  return [...homes].flatMap(([name, paths]) =>
    paths.length > 1 ? [`${name} is exported by ${paths.join(' and ')}`] : [],
  )
}
