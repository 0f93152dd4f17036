import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { javascript } from '@codemirror/lang-javascript'
import {
  bracketMatching,
  defaultHighlightStyle,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'preact/hooks'

/** The colours of the page, so that light and dark are as elsewhere. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--say)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.comment], color: 'var(--soft)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--time)' },
  { tag: [tags.typeName, tags.className], color: 'var(--time)' },
])

const looks = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--paper)', color: 'var(--ink)' },
  '.cm-scroller': { fontFamily: 'ui-monospace, Consolas, monospace', lineHeight: '1.45' },
  '.cm-gutters': { backgroundColor: 'var(--band)', color: 'var(--soft)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--past) 50%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--pick) !important' },
})

interface Props {
  readonly path: string
  /** What it begins with. From then on the editor has the text, and tells of changes: other text needs another editor. */
  readonly text: string
  /** A line to go to, where something is wrong. */
  readonly line: number | undefined
  readonly change: (text: string) => void
  readonly check: () => void
}

/** The file that is being written. Tab indents; Escape and then Tab leaves the editor. */
export function Editor({ path, text, line, change, check }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const now = useRef({ change, check })
  now.current = { change, check }
  useEffect(() => {
    const checks = (): boolean => {
      now.current.check()
      return true
    }
    const run = { key: 'Mod-Enter', run: checks }
    // In a shadow root the editor adopts its style sheets; elsewhere it would add elements, which the policy forbids.
    const root = box.current!.shadowRoot ?? box.current!.attachShadow({ mode: 'open' })
    const own = new EditorView({
      ...{ parent: root, root },
      state: EditorState.create({
        doc: text,
        extensions: [
          keymap.of([run, indentWithTab, ...defaultKeymap, ...historyKeymap]),
          ...[lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine()],
          ...[
            javascript({ typescript: true }),
            syntaxHighlighting(colours),
            syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          ],
          looks,
          EditorView.contentAttributes.of({ 'aria-label': path }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) now.current.change(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = own
    return () => own.destroy()
  }, [path])
  useEffect(() => {
    const { current } = view
    if (!current || line === undefined) return
    const { from } = current.state.doc.line(Math.min(Math.max(1, line), current.state.doc.lines))
    current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
  }, [line, path])
  return <div class="editor" ref={box} />
}
