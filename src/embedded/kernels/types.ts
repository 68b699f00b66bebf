/** A kernel takes byte addresses in the shared memory and sizes; what it does is documented in `assembly/`. */
type Kernel = (...args: number[]) => void;

/** The exports of `kernels.wasm`. */
export type Kernels = {
  readonly pack: Kernel;
  readonly transpose: Kernel;
  readonly gemm: Kernel;
  readonly fill: Kernel;
  readonly add: Kernel;
  readonly scaleAdd: Kernel;
  readonly sumSquares: (address: number, floats: number) => number;
  readonly gatherRows: Kernel;
  readonly scatterAddRows: Kernel;
  readonly rmsNorm: Kernel;
  readonly rmsNormBack: Kernel;
  readonly rope: Kernel;
  readonly attention: Kernel;
  readonly attentionBack: Kernel;
  readonly swiglu: Kernel;
  readonly swigluBack: Kernel;
  readonly softmaxRows: Kernel;
  readonly crossEntropyBack: Kernel;
  readonly adamw: Kernel;
};
