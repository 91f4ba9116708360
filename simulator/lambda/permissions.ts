export interface Permission {
  readonly functionArn: string;
  readonly principal: string;
  readonly action: string;
  readonly sourceArn?: string;
}

/** The functions' resource policies: who but the account's own roles may invoke them. */
export class Permissions {
  private readonly granted = new Map<string, Permission>();

  put(id: string, permission: Permission): void {
    this.granted.set(id, permission);
  }

  delete(id: string): void {
    this.granted.delete(id);
  }

  allow(functionArn: string, principal: string, sourceArn: string): boolean {
    return [...this.granted.values()].some((permission) => permission.functionArn === functionArn
      && permission.principal === principal
      && ['lambda:InvokeFunction', 'lambda:*'].includes(permission.action)
      && (permission.sourceArn ?? sourceArn) === sourceArn);
  }
}
