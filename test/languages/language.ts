/** Where a language's package is packed and its app is synthesized. */
export interface Workshop {
  /** The compiled copy of the package. */
  readonly copy: string;
  /** An empty folder of the language's own. */
  readonly folder: string;
  /** The version of aws-cdk-lib. */
  readonly cdk: string;
}

/** How a language's user gets from the published package to a template. The steps are taken in this order. */
export interface Language {
  readonly name: string;

  /** The example's language on the README's code fence. */
  readonly fence: string;

  /** The app that each language has, in `apps`. */
  readonly app: string;

  /** What the language's package manager says where its registry does not have this version of aws-cdk-lib. */
  readonly notServed: RegExp;

  /** What this machine lacks for the language; undefined where nothing. */
  lacks(): string | undefined;

  /** Makes the package; answers what it is. */
  pack(workshop: Workshop): string;

  /** Installs the package and its dependencies for the app; answers the versions that came. */
  install(workshop: Workshop): string;

  /** Synthesizes a program, by its source, into the cloud assembly `outdir`. */
  synthesize(workshop: Workshop, source: string, outdir: string): void;
}
