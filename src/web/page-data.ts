import type { RunView } from '../view/run.ts'

/** What a page is given, as JSON inside it. */
export interface PageData {
  readonly run: RunView
  /** Why the run breaks its claim, in sentences. */
  readonly chapters: readonly { readonly title: string; readonly sentences: readonly string[] }[]
}

/** The element that holds it. */
export const DATA_ID = 'turncoat-run'
