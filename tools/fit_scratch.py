import csv, sys, time, math
import numpy as np
from dataclasses import fields, replace
from scipy.optimize import least_squares
from gigawatt.facts import load_facts
from gigawatt.compute.model_shape import ModelShape
from gigawatt.compute.step_time import *
from gigawatt.compute.plans import *
from gigawatt.compute.plan_memory import plan_memory
from gigawatt.chapters.training import *
from gigawatt.chapters.shapes import shape_of
F=load_facts()
def year(t):
    p=t.split('-'); return float(p[0])+((int(p[1])-0.5)/12 if len(p)>1 else 0.5)
INT8={'tpu-v5p':918e12,'tpu-v6e':1836e12}
def num(r,k,d=math.nan): return float(r[k]) if r.get(k) not in ('',None) else d
class R: pass
def load(path):
    out=[]
    for r in csv.DictReader(open(path)):
        if not (r['core']=='1' or (r['source_id'].startswith('megatron-bridge') and r['layers'] and r['arch'] in ('dense','moe'))) or not r['tokens_per_s_per_acc'] or not r['global_batch_seqs']: continue
        o=R(); o.r=r; o.core=r['core']=='1'
        if r['precision'].lower() not in WIDTH: print('skip',r['precision']); continue
        item,cap=accelerator(F,r['accelerator'])
        p=r['precision'].lower()
        o.set=Setting(str(F[f'accelerator.{item}.family'].value),p,r['arch'].startswith('moe'),year(r['date']),cap,'time-to-train' in r['measure'])
        if WIDTH[p]=='int8':
            hw=machine_of(F,item,'bf16'); hw=replace(hw,peak_flop_per_s=INT8[item])
        else: hw=machine_of(F,item,p)
        if cap<1: hw=replace(hw,memory_bytes=96e9,memory_bytes_per_s=2.4e12)
        o.hw=hw
        s=dict(layers=num(r,'layers'),hidden=num(r,'hidden'),heads=num(r,'heads'),kv_heads=num(r,'kv_heads',num(r,'heads')),ffn_hidden=num(r,'ffn_hidden'),vocab=num(r,'vocab'),
          ffn_matrices=3. if r['gated_mlp']=='1' else 2., experts=num(r,'n_experts',0),experts_per_token=num(r,'top_k',0),expert_hidden=num(r,'moe_ffn_hidden',0),shared_experts=num(r,'shared_experts',0),dense_layers=num(r,'dense_layers_in_moe',0))
        s['head_dim']=s['hidden']/s['heads']
        try:
            b=shape_of(F,r['model'])
            s['head_dim']=b.head_dim
            for k in ('q_rank','kv_rank','rope_dim','v_dim','full_attention_layers','window'): s[k]=getattr(b,k)
        except Exception: pass
        o.m=ModelShape(**s)
        fx={}
        for c,k in (('tp','tensor'),('pp','pipeline'),('cp','context'),('ep','expert'),('vp','interleave'),('micro_batch','micro_batch')):
            if r[c]: fx[k]=float(r[c])
        if 'tensor' in fx and 'interleave' not in fx and o.set.classic: fx['interleave']=1.
        if 'tensor' in fx and 'context' not in fx: fx['context']=1.
        if 'tensor' in fx and 'expert' not in fx and not o.m.is_moe: fx['expert']=1.
        if r['recompute']: fx['recompute']={'n':0.,'s':1.,'f':2.}[r['recompute'][0]]
        fs=r['fsdp'] not in ('','0','0.0')
        if fs: fx['sharded']=3.
        elif 'tensor' in fx: fx['sharded']=1.
        o.fx=fx; o.n=int(num(r,'n_accelerators')); o.b=int(num(r,'global_batch_seqs')); o.s=int(num(r,'seq'))
        o.truth=num(r,'tokens_per_s_per_acc'); o.group=r['group']; o.src=r['source_id']
        out.append(o)
    return out
def stack(objs):
    cls=type(objs[0]); return cls(**{f.name:np.array([float(getattr(x,f.name)) for x in objs]) for f in fields(cls)})
START={
'product.ampere.bf16':.78,'product.hopper.bf16':.72,'product.hopper.fp8':.6,'product.blackwell.bf16':.72,'product.blackwell.fp8':.6,'product.blackwell.mxfp8':.6,'product.blackwell.fp4':.45,
'product.tpu.bf16':.7,'product.tpu.fp8':.55,'product.tpu.int8':.5,'product.gaudi.fp8':.5,
'attention.ampere':.5,'attention.hopper':.45,'attention.blackwell':.45,'attention.tpu':.4,'attention.fallback':.4,
'expert_product.switched':.8,'expert_product.torus':.7,'traffic':.75,'half_width':60.,'cast_widths':6.,'unfused':.7,'layer_start':2e-4,'expert_start':3e-5,'near.switched':.75,'near.torus':.5,'far':.7,'latency':2e-5,
'tensor_hidden.classic':.05,'tensor_hidden.modern':.4,'context_hidden':.5,'expert_hidden':.3,'data_hidden.modern':.7,'data_hidden.classic':.1,'pipeline_hidden':.3,'imbalance':.1,'straggler':.006,'step':.03,'software_gain.dense':.03,'software_gain.expert':.4,'software_gain.attention':.1,'route_widths':6.,'evaluation':1.05,'power_exponent':.8}
SIG={'product':.15,'attention':.3,'step':1.,'layer_start':.8,'expert_start':.8,'half_width':.7,'unfused':.5,'software_gain':.7,'straggler':.3,'latency':.7,'cast_widths':.7}
NAMES=list(START); SIGMA=np.array([SIG.get(n.split('.')[0],.4) for n in NAMES]); X0=np.log([START[n] for n in NAMES])
UPPER=np.array([0. if n.split('.')[0] in ('product','expert_product','attention','traffic','near','far','tensor_hidden','context_hidden','expert_hidden','data_hidden','pipeline_hidden','unfused','software_gain') else 30. for n in NAMES])
UPPER=np.where(np.array(['hidden' in n for n in NAMES]),np.log(.95),UPPER)
EXTRA={'reference_date':2025.0}
def getter(x):
    v=dict(zip(NAMES,np.exp(x)))|EXTRA
    def get(*ns):
        for n in ns:
            if n in v: return v[n]
        raise KeyError(ns)
    return get
def kb(o): return 2. if WIDTH[o.set.precision]=='bf16' else 1.4
def choose(o,get):
    c=calibration(get,o.set); hw=o.hw
    dom=min(int(hw.domain),64) if o.set.family=='tpu' else int(hw.domain)
    cand=candidates(o.m,accelerators=o.n,batch=o.b,sequence=o.s,domain=dom,fixed=o.fx)
    if not len(np.asarray(cand.tensor)):
        cand=Plan(accelerators=float(o.n),batch=float(o.b),sequence=float(o.s),**{k:o.fx.get(k,1.) for k in AXES}); return cand,'none'
    s=search(o.m,cand,hw,c,memory_bytes=.93*hw.memory_bytes,keep=1,kept_bytes=kb(o))
    if s.fitting: return take(s.plans,0), ''
    need=np.asarray(plan_memory(o.m,cand,unfused=c.unfused,kept_bytes=kb(o)).total); i=int(np.argmin(need))
    return take(cand,i), f'{need[i]/hw.memory_bytes:.2f}'
class Data:
    def __init__(s,rows,plans):
        s.m=stack([o.m for o in rows]); s.p=stack(plans); s.hw=stack([o.hw for o in rows]); s.rows=rows; s.truth=np.array([o.truth for o in rows])
        s.n=np.array([o.n for o in rows],float)
        keys={}
        s.idx=np.array([keys.setdefault(o.set,len(keys)) for o in rows]); s.sets=list(keys)
    def cal(s,x):
        g=getter(x); cs=[calibration(g,k) for k in s.sets]
        return Calibration(**{f.name:np.array([getattr(c,f.name) for c in cs])[s.idx] for f in fields(Calibration)})
    def bd(s,x): return step_time(s.m,s.p,s.hw,s.cal(x))
    def pred(s,x): return s.p.tokens/s.bd(x).total/s.n
    def sub(s,mask):
        rows=[o for o,k in zip(s.rows,mask) if k]; d=Data.__new__(Data)
        ix=np.flatnonzero(mask); f=lambda q:type(q)(**{g.name:getattr(q,g.name)[ix] for g in fields(type(q))})
        d.m,d.p,d.hw,d.rows,d.truth,d.n,d.idx,d.sets=f(s.m),f(s.p),f(s.hw),rows,s.truth[ix],s.n[ix],s.idx[ix],s.sets
        return d
def weights(rows):
    from collections import Counter
    c=Counter(o.group for o in rows); return np.array([c[o.group]**-.25 for o in rows])
def fit(d,x=X0,prior=.05,nf=60):
    w=weights(d.rows)
    def res(x): return np.concatenate([w*np.log(d.pred(x)/d.truth), prior*(x-X0)/SIGMA])
    return least_squares(res,np.minimum(x,UPPER-1e-3),loss='soft_l1',f_scale=.08,bounds=(X0-6,UPPER),max_nfev=nf,xtol=1e-4,ftol=1e-4).x
def rep(d,p,label=''):
    e=np.abs(p/d.truth-1); co=np.array([o.core for o in d.rows]); moe=np.array([o.set.moe for o in d.rows])
    f=lambda k:f'n{k.sum()} med {np.median(e[k]):.3f} mape {e[k].mean():.3f} p90 {np.percentile(e[k],90):.3f}'
    print(label,'ALL',f(co),'| dense',f(co&~moe),'| moe',f(co&moe))
def bysrc(d,p):
    lab={}
    for i,o in enumerate(d.rows): lab.setdefault((o.src,o.r['accelerator'],o.r['precision'],o.r['arch']),[]).append(np.log(p[i]/d.truth[i]))
    for k,v in lab.items(): v=np.array(v); print(f'{k!s:75s} n{len(v):3d} bias {np.median(v):+.3f} spread {v.std():.3f} meanabs {np.abs(v).mean():.3f}')

def folds(rows,k,seed=1):
    gs=sorted({o.group for o in rows}); r=np.random.default_rng(seed).permutation(len(gs)); f={g:int(r[i])%k for i,g in enumerate(gs)}
    return np.array([f[o.group] for o in rows])
def cv(d,x,k=12):
    f=folds(d.rows,k); p=np.zeros(len(d.rows))
    for i in range(k):
        xi=fit(d.sub(f!=i),x,nf=12); p[f==i]=d.pred(xi)[f==i]
    return p
