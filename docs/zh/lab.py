# ---
# title: 动手：走一步，再改一改
# description: 一本可以下载、逐格运行的笔记本：走一遍 LSTM 的一步，拨动门，量一量记性，再改掉一条公式，看印出来的公式跟着变。
# ---

# %% [markdown]
# # 动手：走一步，再改一改 { #lab }
#
# 这一页是一本笔记本。下面每一格的输出，都是构建网站时现跑出来的；下载到自己电脑上，就可以一格一格地运行、改动。装好 `rnnref` 就能跑，最后两节还要先在项目文件夹里运行 `pip install -e ".[site]"`。
#
# ## 走一步 { #step }
#
# 用全站的小例子，走进 [LSTM 一章手算过的第 2 步](lstm.html#step)。`steps` 里存着每一步的每一个量；形状都是 (1, 2)，一个样本、两个隐单元。

# %%
import numpy as np

from rnnref import examples, lstm

p = examples.lstm_params()
run = examples.lstm_run()
x = examples.X[:, 1]
h_prev, c_prev = run.steps.h[:, 0], run.steps.c[:, 0]

s = lstm.step(x, h_prev, c_prev, p)
for name, value in s._asdict().items():
    print(f"{name:8}", value[0].round(4))

# %% [markdown]
# 细胞状态等于留下的加上写入的。自己算一遍，与 `s.c` 对上：

# %%
kept, written = s.f * c_prev, s.i * s.c_tilde
print(kept[0].round(4), "+", written[0].round(4), "=", (kept + written)[0].round(4))
print(np.array_equal(kept + written, s.c))

# %% [markdown]
# ## 拨动门 { #turn }
#
# 门的偏置是权重里的一段。`q.b_f` 不是副本，改它就是改 `q.b`。把遗忘门推到接近 1，把输入门推到接近 0，细胞状态应该原样留下：

# %%
q = p._replace(b=p.b.copy())
q.b_f[:], q.b_i[:] = 20, -20
print("c_1 =", c_prev[0].round(4))
print("c_2 =", lstm.step(x, h_prev, c_prev, q).c[0].round(4))

# %% [markdown]
# 换你来：把 20 和 −20 改成 2 和 −2，再跑一遍。哪个单元变得多？为什么？
#
# <details>
# <summary>想好了再看</summary>
#
# 单元 2 变得多。偏置只是相加的几项之一，2 压不住输入和隐状态带来的份量：两个单元的遗忘门停在不同的地方，而单元 2 的候选又大得多，漏进来的一点也就更显眼。
#
# </details>
#
# ## 记得多久 { #memory }
#
# 把其余的权重都清零，候选就是 0，什么也写不进来，细胞状态每一步只乘一次 σ(偏置)。走 50 步，还剩几成？


# %%
def left(bias, steps=50):
    q = p._replace(W=0 * p.W, U=0 * p.U, b=0 * p.b)
    q.b_f[:] = bias
    start = lstm.State(h=np.zeros((1, 2)), c=np.ones((1, 2)))
    return lstm.forward(np.zeros((1, steps, 2)), q, state=start).state.c[0, 0]


for bias in (0, 1, 2, 4, 8):
    print(f"{bias}   {left(bias):.4f}")

# %% [markdown]
# 换你来：偏置要多大，走 200 步还能剩下一半？先用纸笔估，再用 `left(bias, 200)` 试。
#
# <details>
# <summary>想好了再看</summary>
#
# 每一步要剩下 0.5 开 200 次方，大约 0.9965，对应的偏置大约是 5.66。
#
# </details>
#
# ## 改一条公式 { #change }
#
# 页面上的公式是把函数跑一遍印出来的，你自己的函数也可以。下面把 LSTM 改成“留多少，写多少”绑在一起的样子：输入门不再单独算，就是 1 减去遗忘门。

# %%
from rnnref.numerics import sigmoid


def coupled(x, h_prev, c_prev, p):
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    i = 1 - f
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    h = o * np.tanh(c)
    return lstm.LSTMStep(f, i, c_tilde, c, o, h)


print(coupled(x, h_prev, c_prev, p).c[0].round(4))

# %%
from rnnref.explain import equations

equations(coupled)

# %% [markdown]
# 第二条公式变了，别的没变。这时的细胞状态是旧值与候选的加权平均，从 0 出发就不会越出 −1 与 1；拿它与 [GRU 的最后一条公式](gru.html#equations)比一比，像不像？
#
# 换你来：把 `i = 1 - f` 改回原来的样子，再把 `h = o * np.tanh(c)` 里的 `np.tanh` 去掉，看印出来的公式怎么变。
#
# ## 自己的数，自己的图 { #own }
#
# `trace_table` 把一次前向里的门、候选和状态列成一张表：一行是第 t 步的隐单元 k，名字下面是整个数组的形状。

# %%
from rnnref.explain import trace_table

trace_table(run)

# %% [markdown]
# 站里的图也都能要来：`figure("lstm-cell")` 就是[手算那一步的图](lstm.html#step)。交上自己的数，图就照你的数画；线和符号仍从函数的一次运行里读出来。三种单元的图都可以这样用，每格正好放两个数，所以要一个样本、两个输入、两个隐单元。

# %%
from rnnref.explain import figure

mine = {"x": np.array([[2.0, -1.0]]), "h_prev": h_prev, "c_prev": np.array([[3.0, -3.0]]), "p": p}
figure("lstm-cell", lang="zh", values=mine)

# %% [markdown]
# 换你来：两个单元的旧值一个是 3，一个是 −3，哪个留下的多？从图上哪一格看得出来？再改 `x`，让另一个单元留下的多。
#
# <details>
# <summary>想好了再看</summary>
#
# 看遗忘门 $f_t$ 那一格：单元 1 是 0.30，单元 2 是 0.91，所以 3 只留下 0.89，−3 留下了 −2.73。把 `x` 反过来，换成 (−2, 1)，就是单元 1 留下的多了。
#
# </details>
