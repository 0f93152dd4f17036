/** The text of one of the page's own elements. */
export function pageText(id: string): string {
  return document.getElementById(id)!.textContent!
}
