/** Resources that a function or a topic of the template's author makes. */
export function isCustomResource(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || type.startsWith('Custom::')
}

export const waitConditionType = 'AWS::CloudFormation::WaitCondition'
