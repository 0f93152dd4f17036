import { factsOfTrace } from '../cli/commands/trace-facts.ts'
import { explain as explainRun } from '../explain/explain.ts'
import type { Explanation } from '../explain/explanation.ts'
import { filtered } from '../report/diagrams/filter.ts'
import { mermaid } from '../report/diagrams/mermaid.ts'
import { type Chapter, chapters, explainText } from '../report/text/explain-text.ts'
import { traceText } from '../report/text/trace-text.ts'
import { view } from '../view/view.ts'
import { type GivenTrace, rerunGiven } from './given-trace.ts'
import type { OneOrMore, PictureOptions, TraceOptions } from './options.ts'
import { assertTold, NAMES } from './told.ts'

/** Why a trace breaks its claim. */
export interface Explained extends Explanation {
  /** The same in sentences, by chapter. */
  readonly chapters: readonly Chapter[]
  /** The sentences as the command line prints them. */
  readonly text: string
  /** The steps in words, as `turncoat show` prints them. */
  readonly story: string
}

export async function explainTrace(given: GivenTrace, options: TraceOptions): Promise<Explained> {
  assertTold('explain', options)
  const one = await rerunGiven(given, options)
  const run = view(one, { truths: true })
  const { protocol, variants } = one.subject
  // A variant that is given alone is no variant of itself.
  const subject = { ...one.subject, variants: variants.filter((variant) => variant !== protocol) }
  const found = explainRun(run, one, subject, one.claim)
  return {
    ...found,
    chapters: chapters(run, found),
    text: explainText(run, found).join('\n'),
    story: traceText(factsOfTrace(one)).join('\n'),
  }
}

export async function mermaidOf(given: GivenTrace, options: PictureOptions): Promise<string> {
  assertTold('toMermaid', options, { only: NAMES, hide: NAMES })
  const run = view(await rerunGiven(given, options), { truths: true, healed: true })
  const { only, hide } = options
  const wanted = { ...(only ? { only: listed(only) } : {}), ...(hide ? { hide: listed(hide) } : {}) }
  return `${mermaid(filtered(run, wanted))}\n`
}

function listed(names: OneOrMore): readonly string[] {
  return typeof names === 'string' ? names.split(',') : names
}
