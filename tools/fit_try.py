from fit_scratch import *
rows=load('/work/shared/reference/training_measured.csv'); print(len(rows))
x=X0
for it in range(2):
    t=time.time(); g=getter(x); ch=[choose(o,g) for o in rows]; print('choose',time.time()-t)
    d=Data(rows,[c[0] for c in ch]); 
    rep(d,d.pred(x),'before')
    t=time.time(); x=fit(d,x); print('fit',time.time()-t); rep(d,d.pred(x),'after')
bad=[(o.r['id'],o.r['model'],o.r['accelerator'],o.n,c[1]) for o,c in zip(rows,ch) if c[1]]
print(len(bad),bad[:40])
for n,v in zip(NAMES,np.exp(x)): print(f'{n:28s} {START[n]:.4g} -> {v:.4g}')
bysrc(d,d.pred(x)); np.save('/tmp/train_x.npy',x)

if 'cv' in sys.argv:
    t=time.time(); q=cv(d,x); print('cv',time.time()-t); rep(d,q,'CV'); np.save('/tmp/train_cv.npy',q)
