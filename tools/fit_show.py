from fit_scratch import *
rows=load('/work/shared/reference/training_measured.csv'); x=np.load('/tmp/train_x.npy'); g=getter(x)
ch=[choose(o,g) for o in rows]; d=Data(rows,[c[0] for c in ch]); b=d.bd(x); p=d.pred(x); P=b.parts()
sel=sys.argv[1]
for i,o in enumerate(rows):
    if not eval(sel): continue
    t=b.total[i]; pl=d.p
    print(o.r['id'],o.src[:14],o.r['model'][:14],o.r['accelerator'],o.r['precision'],o.n,'b',o.b,'s',o.s,'| tp%d pp%d cp%d ep%d vp%d mb%d r%d z%d'%tuple(getattr(pl,k)[i] for k in AXES), f'err {p[i]/o.truth-1:+.2f} m/n {ch[i][1]}', ' '.join(f'{k[:6]}{v[i]/t*100:.0f}' for k,v in P.items() if v[i]/t>.005))
