import { PAGE_KEYS } from './keys.ts'

interface Props {
  /** Keys that this page has besides. */
  readonly more: typeof PAGE_KEYS
  readonly close: () => void
}

export function Help({ more, close }: Props) {
  return (
    <div class="help" role="dialog" aria-label="keys">
      <table>
        {[...more, ...PAGE_KEYS].map(([keys, what]) => (
          <tr key={keys}>
            <th>{keys}</th>
            <td>{what}</td>
          </tr>
        ))}
      </table>
      <p class="soft">
        ● step ◆ decision ○ timeout ▼ input or coin ✗ exception or crash. Dotted, from a square: sent by a Byzantine
        replica. Dashed with a cross: not there by the end of the run.
      </p>
      <button type="button" onClick={close}>
        close
      </button>
    </div>
  )
}
