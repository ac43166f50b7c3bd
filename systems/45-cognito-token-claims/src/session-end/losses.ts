import { projectsOf } from '../project-list.ts'

/** An item of the table in DynamoDB's own notation, as streams have it. */
type Image = Readonly<Record<string, { readonly S?: string }>>

export interface ChangeRecord {
  readonly dynamodb?: { readonly OldImage?: Image; readonly NewImage?: Image }
}

/** Users who had a project before the change and have not after it. Who only gains hears of it at the next refresh. */
export function losersOf(records: readonly ChangeRecord[]): string[] {
  const losers = records.flatMap(({ dynamodb: { OldImage, NewImage } = {} }) => {
    const userName = OldImage?.['userName']?.S
    const after = new Set(listIn(NewImage))
    const lost = listIn(OldImage).some((project) => !after.has(project))
    return userName !== undefined && lost ? [userName] : []
  })
  return [...new Set(losers)]
}

function listIn(image: Image | undefined): string[] {
  return projectsOf(image?.['projects']?.S ?? '')
}
